/** `npm start`: one run of a policy on an embedded fleet, or on whatever answers as AWS does at an endpoint. */
import { InvalidPolicyError } from '../shared/errors.ts';
import { OptionsError } from './command-line.ts';
import { help, parseOptions } from './options.ts';
import { InputError, patch } from './patch.ts';

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(help);
      return 0;
    }
    return await patch(options, process.stdout);
  } catch (error) {
    const isInput =
      error instanceof OptionsError || error instanceof InvalidPolicyError || error instanceof InputError;
    if (!isInput) throw error;
    process.stderr.write(`${error.message}\n\nSee npm start -- --help\n`);
    return 2;
  }
}

process.exitCode = await main();
