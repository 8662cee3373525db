import type { Outcome } from '../shared/domain/outcome.ts';
import type { ChaosFault } from './chaos-faults.ts';

/** What one run came to, small enough for a message between processes. */
export interface RunReport {
  readonly seed: number;
  /** The promises that it broke, a sentence each. */
  readonly broken: readonly string[];
  /** The record's status; `none` if it left none. */
  readonly status: 'Succeeded' | 'Halted' | 'Failed' | 'none';
  readonly nodes: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** How often each fault struck. */
  readonly struck: Readonly<Partial<Record<ChaosFault, number>>>;
  /** From the run's start to its end, simulated. */
  readonly simulatedHours: number;
}

/** A run that breaks a promise, cut down. */
export interface Shrunk {
  readonly seed: number;
  readonly broken: readonly string[];
  /** What tests/properties/regressions.test.ts takes. */
  readonly code: string;
  readonly plays: number;
  /** False: cutting down was given up at its bound. */
  readonly isSmallest: boolean;
}
