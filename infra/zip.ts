import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive, by its path in it. */
export interface ZipEntry {
  readonly path: string;
  readonly content: Buffer;
}

/** 1980-01-01 00:00, the first moment that the format knows. */
const dosDate = 0x0021;
const dosTime = 0;
const version = 20;
const utf8Names = 0x0800;
const deflated = 8;
/** A regular file that all may read: Lambda runs functions as another user than their owner. */
const unixMode = (0o100644 << 16) >>> 0;
const madeByUnix = (3 << 8) | version;

/**
 * An archive that is the same, byte for byte, whenever and wherever it is made: entries in the order of their paths,
 * one time for all. Source: PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16.
 */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, content } of sorted) {
    const name = Buffer.from(path, 'utf8');
    const data = deflateRawSync(content, { level: 9 });
    const common = Buffer.concat([
      numbers(16, [version, utf8Names, deflated, dosTime, dosDate]),
      numbers(32, [crc32(content), data.length, content.length]),
    ]);
    const local = Buffer.concat([
      numbers(32, [0x04034b50]),
      common,
      numbers(16, [name.length, 0]),
      name,
      data,
    ]);
    directory.push(
      numbers(32, [0x02014b50]),
      numbers(16, [madeByUnix]),
      common,
      numbers(16, [name.length, 0, 0, 0, 0]),
      numbers(32, [unixMode, offset]),
      name,
    );
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.concat([
    numbers(32, [0x06054b50]),
    numbers(16, [0, 0, sorted.length, sorted.length]),
    numbers(32, [central.length, offset]),
    numbers(16, [0]),
  ]);
  return Buffer.concat([...locals, central, end]);
}

function numbers(bits: 16 | 32, values: readonly number[]): Buffer {
  const buffer = Buffer.alloc((bits / 8) * values.length);
  values.forEach((value, index) => {
    if (bits === 16) buffer.writeUInt16LE(value, index * 2);
    else buffer.writeUInt32LE(value, index * 4);
  });
  return buffer;
}
