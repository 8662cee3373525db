import * as z from 'zod';
import { type Outcome, outcomes } from '../shared/domain/outcome.ts';
import { steps } from '../shared/domain/step.ts';
import { type Progress, progressSchema } from '../shared/domain/turn.ts';
import type { ExecutionEvent } from './stepfunctions/run-context.ts';

/** What a progress display needs of the payloads that go by. */
const batchPayload = z.object({ batchId: z.string(), progress: progressSchema });
const runPayload = z.object({ wave: z.object({ waveIndex: z.number() }) });

const barWidth = 30;
/** Milliseconds of real time between two pictures on a terminal. */
const redrawEvery = 100;
/** Milliseconds of simulated time between two lines elsewhere. */
const logEvery = 10 * 60_000;

/** Shows a run while it goes on: redrawn on a terminal, line by line elsewhere. */
export class ProgressDisplay {
  private readonly batches = new Map<string, Progress>();
  private readonly screen: { readonly isTTY: boolean; write(text: string): void };
  private readonly startedAt: number;
  private readonly realNow: () => number;
  private activity = 'planning';
  private at: number;
  private drawnLines = 0;
  private drawnAt = 0;
  private loggedAt = 0;

  constructor(
    screen: { readonly isTTY: boolean; write(text: string): void },
    times: { readonly startedAt: number; readonly realNow: () => number },
  ) {
    this.screen = screen;
    this.startedAt = times.startedAt;
    this.realNow = times.realNow;
    this.at = times.startedAt;
  }

  readonly onEvent = (event: ExecutionEvent): void => {
    this.at = event.at;
    if (event.type === 'StateExited') this.look(event.output);
    if (event.type === 'StateEntered') this.enter(event.stateName, event.input);
    if (this.screen.isTTY) this.redraw(false);
    else this.log();
  };

  /** The last picture. */
  end(): void {
    if (this.screen.isTTY) this.redraw(true);
  }

  private enter(stateName: string, input: unknown): void {
    const run = runPayload.safeParse(input);
    const wave = run.success ? `wave ${run.data.wave.waveIndex + 1}` : '';
    if (stateName === 'PatchBatches') this.activity = wave;
    if (stateName === 'BakeWave') this.activity = `baking before ${wave}`;
    if (stateName.startsWith('NotifyRun')) this.activity = 'closing the account';
  }

  private look(output: unknown): void {
    const batch = batchPayload.safeParse(output);
    if (batch.success) this.batches.set(batch.data.batchId, batch.data.progress);
  }

  private redraw(isLast: boolean): void {
    const now = this.realNow();
    if (!isLast && now - this.drawnAt < redrawEvery) return;
    this.drawnAt = now;
    const lines = this.picture();
    const up = this.drawnLines > 0 ? `\x1b[${this.drawnLines}A` : '';
    this.screen.write(`${up}${lines.map((line) => `\x1b[2K${line}\n`).join('')}`);
    this.drawnLines = lines.length;
  }

  private log(): void {
    if (this.loggedAt !== 0 && this.at - this.loggedAt < logEvery) return;
    this.loggedAt = this.at;
    this.screen.write(`${this.picture().join('  ').replaceAll(/ {3,}/g, '  ')}\n`);
  }

  private picture(): string[] {
    const { waiting, inFlight, ended, total, done } = this.sum();
    const filled = total === 0 ? 0 : Math.round((barWidth * done) / total);
    const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
    const atSteps = steps.map((step) => `${step} ${String(inFlight[step] ?? 0).padStart(3)}`);
    const named = outcomes.filter((outcome) => (ended[outcome] ?? 0) > 0);
    return [
      `${clockText(this.at - this.startedAt)}  ${this.activity.padEnd(20)}  ${bar}  ${done}/${total} of the waves begun`,
      `          waiting ${String(waiting).padStart(4)}   ${atSteps.join('   ')}`,
      `          ${named.map((outcome) => `${outcome} ${ended[outcome]}`).join('  ') || 'no outcome yet'}`,
    ];
  }

  private sum() {
    const inFlight: Partial<Record<string, number>> = {};
    const ended: Partial<Record<Outcome, number>> = {};
    let waiting = 0;
    for (const progress of this.batches.values()) {
      waiting += progress.waiting;
      for (const step of steps) inFlight[step] = (inFlight[step] ?? 0) + (progress.inFlight[step] ?? 0);
      for (const outcome of outcomes) ended[outcome] = (ended[outcome] ?? 0) + (progress.ended[outcome] ?? 0);
    }
    const add = (counts: Partial<Record<string, number>>) =>
      Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
    const done = add(ended);
    return { waiting, inFlight, ended, done, total: waiting + add(inFlight) + done };
  }
}

/** `02:05:40` of simulated time. */
export function clockText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
