import type { Outcome } from '../outcome.ts';

/** Everything that a person reads in a message, in one language. Both languages have every entry: the type sees to it. */
export interface Catalogue {
  readonly runEnded: Readonly<Record<'Succeeded' | 'Halted' | 'Failed', (policy: string) => string>>;
  readonly dryRunEnded: (policy: string) => string;
  readonly why: (reason: string) => string;
  readonly facts: (run: {
    readonly runId: string;
    readonly operation: string;
    readonly minutes: number;
  }) => string;
  readonly outcomesTitle: (nodes: number) => string;
  readonly outcome: Readonly<Record<Outcome, string>>;
  readonly handsNeededTitle: string;
  readonly owedPostHooksTitle: string;
  readonly troublesTitle: string;
  readonly andMore: (count: number) => string;
  readonly whereTheRest: (url: string) => string;
  readonly nextStepsTitle: string;
  readonly nextSteps: Readonly<
    Record<'Halted' | 'Failed' | 'postHook' | 'lost' | 'unknown' | 'notReached', string>
  >;
  readonly urgentTitle: (policy: string) => string;
  readonly urgentClosing: string;
}
