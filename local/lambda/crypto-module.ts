import { type BinaryLike, createHmac, createSecretKey, type Hmac, type KeyObject } from 'node:crypto';
import type { TransformOptions } from 'node:stream';
import { types } from 'node:util';
import { builtinModule, overrideMembers } from './evaluate.ts';

/** More signing keys than a run has: a day, a Region and a service each. */
const mostKeys = 64;
const secretKeys = new Map<string, KeyObject>();

/** `crypto` of one environment: its own UUIDs, and signatures that cost a quarter. */
export function createCrypto(randomUUID: () => string): unknown {
  return overrideMembers(builtinModule('node:crypto'), { randomUUID, createHmac: createKnownHmac });
}

/** As Node.js's own. It makes a key object of the key each time, which takes longer than the signature itself. */
function createKnownHmac(algorithm: string, key: BinaryLike | KeyObject, options?: TransformOptions): Hmac {
  const isKnown = options === undefined && (typeof key === 'string' || types.isUint8Array(key));
  return isKnown && key.length > 0
    ? createHmac(algorithm, secretKeyOf(Buffer.from(key)))
    : createHmac(algorithm, key, options);
}

function secretKeyOf(bytes: Buffer): KeyObject {
  const name = bytes.toString('latin1');
  const known = secretKeys.get(name);
  if (known) return known;
  if (secretKeys.size >= mostKeys) secretKeys.clear();
  const made = createSecretKey(bytes);
  secretKeys.set(name, made);
  return made;
}
