import { Refusals, readOptions } from '../command-line.ts';
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

const optionNames = {
  port: { type: 'string', default: '4570' },
  nodes: { type: 'string', default: '200' },
  seed: { type: 'string', default: '1' },
  speed: { type: 'string', default: '60' },
  'patch-group': { type: 'string', default: defaultPatchGroup },
  tag: { type: 'string', multiple: true, default: [] as string[] },
  fault: { type: 'string', multiple: true, default: [] as string[] },
  help: { type: 'boolean' },
} as const;

/** Throws OptionsError with every problem at once. `'help'` if that is what was asked for. */
export function parseServeOptions(args: readonly string[]): ServeOptions | 'help' {
  const values = readOptions(args, optionNames);
  if (values.help) return 'help';
  const refusals = new Refusals();
  if (values['patch-group'] === '')
    refusals.add("--patch-group: '' is refused; allowed: a tag value of at least one character");
  const options: ServeOptions = {
    port: refusals.whole('port', values.port, [0, 65_535]),
    nodes: refusals.whole('nodes', values.nodes, [1, 100_000]),
    seed: refusals.whole('seed', values.seed, [0, Number.MAX_SAFE_INTEGER]),
    speed: refusals.number('speed', values.speed, [0.001, 100_000]),
    target: { PatchGroup: values['patch-group'], ...tagsOf(values.tag, refusals) },
    faults: refusals.reading('fault', () => parseFaults(values.fault), {}),
  };
  refusals.throwIfAny();
  return options;
}

function tagsOf(texts: readonly string[], refusals: Refusals): Readonly<Record<string, string>> {
  const tags = texts.flatMap((text) => {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    if (key !== undefined && value !== undefined) return [[key, value] as const];
    refusals.add(`--tag: '${text}' is refused; allowed: KEY=VALUE, such as Role=web`);
    return [];
  });
  return Object.fromEntries(tags);
}
