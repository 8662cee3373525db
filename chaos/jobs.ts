import type { Chosen } from './play-seed.ts';
import type { RunReport, Shrunk } from './run-report.ts';

/** What a worker is asked for: `id` comes back with the answer. */
export interface Job extends Chosen {
  readonly id: number;
  readonly kind: 'play' | 'shrink';
}

/** `shrunk` is undefined for a run that breaks nothing. */
export type Answer =
  | { readonly id: number; readonly kind: 'play'; readonly report: RunReport }
  | { readonly id: number; readonly kind: 'shrink'; readonly shrunk?: Shrunk | undefined };
