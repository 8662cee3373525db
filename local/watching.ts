import type { RunRecord } from '../shared/domain/account.ts';
import type { Delivered } from './report.ts';
import type { ExecutionEvent } from './stepfunctions/run-context.ts';

/** How a run went, wherever it ran. */
export interface Played {
  readonly record: RunRecord | undefined;
  readonly messages: readonly Delivered[];
}

/** What a run is played with, wherever it runs. */
export interface Watching {
  readonly name: string;
  readonly request: { readonly policy: string } & Readonly<Record<string, unknown>>;
  readonly onEvent: (event: ExecutionEvent) => void;
  readonly onLog: (functionName: string, line: string) => void;
  readonly signal: AbortSignal;
}
