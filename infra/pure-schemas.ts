import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Lets esbuild drop the operations of an SDK client that nobody calls. The clients describe their shapes in one file,
 * with keys such as `{ [_xN]: "x" }`; a computed key may run code for all that esbuild knows, so it keeps every
 * shape. Here the key's own constant is written in its place: the same object, and nothing that could run.
 */
export const pureSchemas: Plugin = {
  name: 'pure-schemas',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk\/.+\/schemas\/schemas_0\.js$/ }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** Replaces `[_xN]:` by the string that `const _xN = "..."` of the same file gives; leaves what it does not know. */
export function withLiteralKeys(source: string): string {
  const constants = new Map(
    [...source.matchAll(/^const (\w+) = ("[^"\n]*");$/gm)].map(([, name, text]) => [name, text]),
  );
  return source.replaceAll(/\[(\w+)\]:/g, (whole, name: string) => {
    const text = constants.get(name);
    return text === undefined ? whole : `${text}:`;
  });
}
