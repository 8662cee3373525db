import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The options of a command are refused: every problem is in the message. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/** The values of a command's options, by their names. Throws OptionsError for an option that nobody knows. */
export function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error));
  }
}

/** Both ends are allowed. */
type Range = readonly [least: number, most: number];

/** What is refused of a command's options, to be told of all at once. */
export class Refusals {
  private readonly lines: string[] = [];

  add(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  /** A whole number of the range. `text` is what was given, or a number for what was not. */
  whole(name: string, text: string | number | undefined, range: Range): number {
    return this.matching(/^\d+$/, 'a whole number', { name, text, range });
  }

  /** As `whole`, with decimals. */
  number(name: string, text: string | number | undefined, range: Range): number {
    return this.matching(/^\d+(?:\.\d+)?$/, 'a number', { name, text, range });
  }

  /** What `read` answers with, or `otherwise` where it throws. */
  reading<T>(name: string, read: () => T, otherwise: T): T {
    try {
      return read();
    } catch (error) {
      this.add(`--${name}: ${error instanceof Error ? error.message : String(error)}`);
      return otherwise;
    }
  }

  private matching(
    form: RegExp,
    what: string,
    { name, text, range: [least, most] }: { name: string; text: string | number | undefined; range: Range },
  ): number {
    const number = Number(text);
    if (!form.test(String(text)) || number < least || number > most)
      this.add(`--${name}: '${text}' is refused; allowed: ${what} from ${least} to ${most}`);
    return number;
  }

  /** Throws OptionsError if anything was refused. */
  throwIfAny(): void {
    if (this.lines.length > 0) throw new OptionsError(this.lines.join('\n'));
  }
}

/** The greatest seed that a command takes. */
export const mostSeed = 2 ** 31 - 1;
