import * as z from 'zod';

const concurrencyPattern = /^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)$/;
const errorsPattern = /^([0-9]|[1-9][0-9]{1,6}|[0-9]%|[1-9][0-9]%|100%)$/;

/** SSM's syntax for MaxConcurrency: a count from 1, or a percentage from 1% to 100%. */
export const concurrencySchema = z
  .string()
  .regex(concurrencyPattern, 'allowed: a count from "1" or a percentage from "1%" to "100%", as text');

/** SSM's syntax for MaxErrors: a count from 0, or a percentage from 0% to 100%. */
export const maxErrorsSchema = z
  .string()
  .regex(errorsPattern, 'allowed: a count from "0" or a percentage from "0%" to "100%", as text');

/** `"10%"` of 95 is 9: fractions are cut off, as SSM does for MaxErrors. The result is never above the total. */
export function share(value: string, total: number): number {
  const number = Number.parseInt(value, 10);
  return Math.min(total, value.endsWith('%') ? Math.floor((total * number) / 100) : number);
}

/** As `share`, but at least one: a percentage of few nodes must not stand still. */
export function shareAtLeastOne(value: string, total: number): number {
  return Math.max(1, share(value, total));
}
