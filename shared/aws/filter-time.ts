/** A time (ms) as SSM's command filters take it: ISO 8601, whole seconds, rounded down. Source: API CommandFilter. */
export function wholeSeconds(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
