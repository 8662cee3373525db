/**
 * What a digest of findings comes to. `inTime`: the next window installs it before it is due; `hasFailed`: so it does,
 * but patches have failed there before; `late`: the window comes too late; `noWindow`, `unknownWindow`: as a prospect's
 * `none` and `unknown`; `noPolicy`: nothing will ever patch these nodes.
 */
export type FindingsVerdict = 'inTime' | 'hasFailed' | 'late' | 'noWindow' | 'unknownWindow' | 'noPolicy';

export interface FindingsWords {
  /** The first line; `policy` is null for nodes without one. */
  readonly headline: (about: { readonly policy: string | null; readonly nodes: number }) => string;
  /** Of nodes not told of before, and of nodes that have become worse; and what stands behind them. */
  readonly changes: (about: {
    readonly fresh: number;
    readonly worse: number;
    readonly findings: number;
  }) => string;
  readonly verdict: Readonly<Record<FindingsVerdict, string>>;
  /** The end of the title, where there is no room. */
  readonly shortVerdict: Readonly<Record<FindingsVerdict, string>>;
  readonly title: (headline: string, shortVerdict: string) => string;
  readonly due: (about: {
    readonly at: string;
    readonly timeZone: string;
    readonly distance: string;
    readonly days: number;
  }) => string;
  readonly severitiesTitle: string;
  readonly worstTitle: (shown: number, nodes: number) => string;
  readonly lacks: (node: {
    readonly missing: number;
    readonly failed: number;
    readonly pendingReboot: number;
  }) => string;
  readonly change: Readonly<Record<'new' | 'worse', string>>;
  readonly vulnerabilities: (ids: string, more: number) => string;
  readonly nextSteps: Readonly<Record<FindingsVerdict, (about: NextStepsAbout) => readonly string[]>>;
  readonly pagesTitle: string;
  readonly page: Readonly<Record<'worstNode' | 'patchManager' | 'securityHub', (place: string) => string>>;
}

/** `due` with its time zone; `failed` counts nodes. */
interface NextStepsAbout {
  readonly due: string;
  readonly isOverdue: boolean;
  readonly failed: number;
}
