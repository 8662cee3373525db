/** Parameters of a fast-check assertion: the same examples every time, others with the environment's FC_SEED. */
export function seeded(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  return { seed: Number(process.env['FC_SEED'] ?? 20260110), numRuns };
}
