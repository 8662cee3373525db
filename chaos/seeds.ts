import { random } from '../local/random.ts';

/** The seed of one run of a search: by its place alone, so that neither workers nor the number of runs matter. */
export function seedOfRun(seed: number, index: number): number {
  return random('chaos', seed, index).integer(2 ** 31 - 1);
}
