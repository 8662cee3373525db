import { hexDigits, type Random } from '../../random.ts';

/** A version 4 UUID from a seeded stream. */
export function uuid(stream: Random): string {
  const digits = hexDigits(stream, 30);
  const variant = (8 + stream.integer(4)).toString(16);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(12, 15)}`];
  return [...parts, `${variant}${digits.slice(15, 18)}`, digits.slice(18)].join('-');
}
