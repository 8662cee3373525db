import type { ForecastReason } from '../sla/alert.ts';

type AlertKind = 'sla-forecast' | 'sla-breach';
export type ReasonKey = ForecastReason | 'Unexplained';

/** Patches are counted per node: one that two nodes lack is two. */
export interface SlaCounts {
  readonly patches: number;
  readonly nodes: number;
}

export interface SlaWords {
  readonly headline: Readonly<
    Record<AlertKind, (about: SlaCounts & { readonly policy: string; readonly slaDays: number }) => string>
  >;
  readonly title: Readonly<Record<AlertKind, (about: SlaCounts & { readonly policy: string }) => string>>;
  readonly firstDue: (at: string, timeZone: string, distance: string) => string;
  readonly noNextWindow: string;
  readonly standing: (counts: {
    readonly onTime: number;
    readonly dueSoon: number;
    readonly breached: number;
  }) => string;
  /** Why it will not be installed in time, and why it was not. */
  readonly reason: Readonly<Record<AlertKind, Readonly<Record<ReasonKey, string>>>>;
  /** What to do about it; `due` is null where it is over. */
  readonly advice: Readonly<Record<ReasonKey, (due: string | null) => string>>;
  readonly counted: (counts: SlaCounts) => string;
  /** Why, and of how many. */
  readonly cause: (reason: string, counted: string) => string;
  readonly causeAndAdvice: (cause: string, advice: string) => string;
  readonly listTitle: (timeZone: string) => string;
  readonly due: Readonly<Record<AlertKind, (at: string) => string>>;
  readonly andPatches: (count: number) => string;
  readonly windowsMissed: (count: number) => string;
  readonly whereTheRest: (url: string) => string;
}
