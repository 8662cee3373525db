import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zip } from '../../infra/zip.ts';

const index = { path: 'index.js', content: Buffer.from('exports.handler = async () => 1;'.repeat(500)) };
const fleet = { path: 'fleet.json', content: Buffer.from('{"name":"名前"}') };

/** What another program finds in an archive: path, size, permissions, and whether checksums are right. */
function readByPython(archive: Buffer): unknown {
  const file = join(mkdtempSync(join(tmpdir(), 'zip-')), 'a.zip');
  writeFileSync(file, archive);
  const program = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
entries = [[i.filename, i.file_size, oct(i.external_attr >> 16), z.read(i).decode()] for i in z.infolist()]
print(json.dumps({"bad": z.testzip(), "entries": entries}))`;
  return JSON.parse(execFileSync('python3', ['-c', program, file], { encoding: 'utf8' }));
}

describe('an archive', () => {
  test('holds what was put in, readable for everybody', () => {
    expect(readByPython(zip([index, fleet]))).toEqual({
      bad: null,
      entries: [
        ['fleet.json', fleet.content.length, '0o100644', fleet.content.toString()],
        ['index.js', index.content.length, '0o100644', index.content.toString()],
      ],
    });
  });

  test('is the same whatever the order, and smaller than its content', () => {
    const archive = zip([index, fleet]);

    expect(archive.equals(zip([fleet, index]))).toBe(true);
    expect(archive.length).toBeLessThan(1000);
  });
});
