import { parseArgs } from 'node:util';
import { type FaultRates, faultDescriptions, parseFaults } from '../faults.ts';

/** Until a policy says otherwise: what the generated nodes carry. */
const defaultPatchGroup = 'prd-web';

/** What `npm run local:aws` was asked for. */
export interface ServeOptions {
  readonly port: number;
  readonly nodes: number;
  readonly seed: number;
  readonly speed: number;
  readonly target: Readonly<Record<string, string>>;
  readonly faults: FaultRates;
}

const faultLines = Object.entries(faultDescriptions).map(([name, text]) => `  ${name.padEnd(18)} ${text}`);

/** The answer to `--help`. */
export const serveHelp = `npm run local:aws -- [options]

Serves an embedded AWS (SSM, S3, SNS, STS, EC2) over a generated fleet on 127.0.0.1, until Ctrl-C.

  --port PORT          from 1 to 65535, or 0 for any free one (4570)
  --nodes COUNT        nodes that carry the target's tags, from 1 to 100000 (200)
  --seed SEED          a whole number; the same seed makes the same fleet (1)
  --speed FACTOR       simulated seconds in a second, from 0.001 to 100000 (60)
  --patch-group VALUE  the target's patch group (${defaultPatchGroup})
  --tag KEY=VALUE      a further tag of the target; may be repeated
  --fault NAME=RATE    a fault and its rate from 0 to 1; may be repeated
  --help               this text

Faults:
${faultLines.join('\n')}
`;

/** Reads the command line; 'help' when that is asked for. Throws an Error that names the option and what is allowed. */
export function parseServeOptions(commandLine: readonly string[]): ServeOptions | 'help' {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      port: { type: 'string', default: '4570' },
      nodes: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      speed: { type: 'string', default: '60' },
      'patch-group': { type: 'string', default: defaultPatchGroup },
      tag: { type: 'string', multiple: true, default: [] },
      fault: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values['patch-group'] === '')
    throw new Error("--patch-group is ''; allowed: a tag value of at least one character");
  return {
    port: integer({ name: 'port', text: values.port, lowest: 0, highest: 65_535 }),
    nodes: integer({ name: 'nodes', text: values.nodes, lowest: 1, highest: 100_000 }),
    seed: integer({ name: 'seed', text: values.seed, lowest: 0, highest: Number.MAX_SAFE_INTEGER }),
    speed: number({ name: 'speed', text: values.speed, lowest: 0.001, highest: 100_000 }),
    target: { PatchGroup: values['patch-group'], ...Object.fromEntries(values.tag.map(readTag)) },
    faults: parseFaults(values.fault),
  };
}

interface NumberOption {
  readonly name: string;
  readonly text: string;
  readonly lowest: number;
  readonly highest: number;
}

function integer(option: NumberOption): number {
  const value = number(option);
  if (Number.isInteger(value)) return value;
  throw new Error(`--${option.name} is '${option.text}'; allowed: a whole number`);
}

function number({ name, text, lowest, highest }: NumberOption): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  throw new Error(`--${name} is '${text}'; allowed: a number from ${lowest} to ${highest}`);
}

function readTag(text: string): readonly [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return [key, value];
  throw new Error(`--tag is '${text}'; allowed: KEY=VALUE, such as Role=web`);
}
