import * as z from 'zod';

/** The years 0 to 9999: outside of them an ISO time has another form, and further out there is none. */
const earliest = Date.parse('0000-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** Epoch milliseconds. */
export const momentSchema = z.number().int().min(earliest).max(latest);

/** Epoch milliseconds of an ISO time or a Date; null for none, and for what is no time, or none that we could write. */
export function momentOf(time: string | Date | undefined): number | null {
  const moment = typeof time === 'string' ? Date.parse(time) : (time?.getTime() ?? Number.NaN);
  return moment >= earliest && moment <= latest ? moment : null;
}
