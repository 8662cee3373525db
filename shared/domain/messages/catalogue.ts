import type { Outcome } from '../outcome.ts';
import type { FindingsWords } from './findings-words.ts';
import type { SlaWords } from './sla-words.ts';

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
  /** Servers that a list leaves out. */
  readonly andMore: (count: number) => string;
  readonly whereTheRest: (url: string) => string;
  readonly nextStepsTitle: string;
  readonly nextSteps: Readonly<
    Record<'Halted' | 'Failed' | 'postHook' | 'lost' | 'unknown' | 'notReached', string>
  >;
  readonly urgentTitle: (policy: string) => string;
  readonly urgentClosing: string;
  /** The days of the week, from Sunday on. */
  readonly weekdays: readonly [string, string, string, string, string, string, string];
  /** A date `2026-01-17`, its day of the week and a time `22:00`. */
  readonly moment: (date: string, weekday: string, time: string) => string;
  /** How long from now, in whole hours or days; `isPast`: how long ago. */
  readonly distance: (count: number, unit: 'hours' | 'days', isPast: boolean) => string;
  readonly window: (window: WindowText) => string;
  readonly windowOpenNow: (window: WindowText) => string;
  /** The title of a command line for copying. */
  readonly startByHandTitle: string;
  readonly findings: FindingsWords;
  readonly sla: SlaWords;
}

/** The times of an install window as text; `cutoff` is when it stops starting servers. */
export interface WindowText {
  readonly opens: string;
  readonly cutoff: string;
  readonly closes: string;
  readonly timeZone: string;
  readonly distance: string;
}
