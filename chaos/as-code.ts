import type { NodeCode, RandomPlay } from './random-play.ts';

/** The play as an entry of `found` in tests/properties/regressions.test.ts. */
export function asCode({ nodes, ...rest }: RandomPlay, what: string): string {
  const members = Object.entries(rest).filter(([, value]) => value !== undefined && !isEmpty(value));
  return [
    '  {',
    `    what: ${literal(what)},`,
    ...members.map(([name, value]) => `    ${name}: ${literal(value)},`),
    '    nodes: [',
    ...nodes.map((node) => `      ${nodeCall(node)},`),
    '    ],',
    '  },',
  ].join('\n');
}

function nodeCall([number, situation, changes]: NodeCode): string {
  const last = isEmpty(changes) ? '' : `, ${literal(changes)}`;
  return `nodeOf(${number}, ${literal(situation)}${last})`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** JSON as this code base writes it; `npm run format` breaks its lines. */
function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, (found) => `\\${found}`)}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{}';
  return `{ ${members.map(([name, member]) => `${nameOf(name)}: ${literal(member)}`).join(', ')} }`;
}

function nameOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : literal(name);
}
