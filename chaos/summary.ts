import { outcomes } from '../shared/domain/outcome.ts';
import type { ChaosFault } from './chaos-faults.ts';
import { promiseNames } from './promises/promises.ts';
import type { RunReport } from './run-report.ts';

/** What a search has seen so far. */
export class Tally {
  runs = 0;
  nodes = 0;
  brokenRuns = 0;
  private simulatedHours = 0;
  private readonly statuses = new Map<string, number>();
  private readonly seenOutcomes = new Map<string, number>();
  private readonly struck = new Map<string, number>();
  private readonly struckRuns = new Map<string, number>();

  add(report: RunReport): void {
    this.runs += 1;
    this.nodes += report.nodes;
    this.brokenRuns += report.broken.length > 0 ? 1 : 0;
    this.simulatedHours += report.simulatedHours;
    add(this.statuses, report.status, 1);
    for (const [outcome, count] of Object.entries(report.outcomes)) add(this.seenOutcomes, outcome, count);
    for (const [fault, count] of Object.entries(report.struck)) {
      add(this.struck, fault, count);
      add(this.struckRuns, fault, 1);
    }
  }

  /** `faults`: those that could strike. Everything in it but the speed is the same for the same options. */
  lines(faults: readonly ChaosFault[], seconds: number): string[] {
    const { runs } = this;
    const rate = (runs / Math.max(seconds, 0.001)).toFixed(1);
    const never = faults.filter((fault) => !this.struck.has(fault));
    return [
      `${runs} runs of ${this.nodes} nodes, ${Math.round(this.simulatedHours)} simulated hours, in ${seconds.toFixed(1)} s: ${rate} runs a second`,
      `ended     ${counts(['Succeeded', 'Halted', 'Failed', 'none'], this.statuses)}`,
      `outcomes  ${counts(outcomes, this.seenOutcomes)}`,
      ...faults.map(
        (fault) =>
          `struck    ${fault.padEnd(20)} ${String(this.struck.get(fault) ?? 0).padStart(8)} times in ${this.struckRuns.get(fault) ?? 0} runs`,
      ),
      ...(never.length > 0 ? [`never struck: ${never.join(', ')}`] : []),
      `promises  ${promiseNames.join(', ')}`,
      this.brokenRuns === 0 ? 'every promise was kept' : `${this.brokenRuns} runs broke a promise`,
    ];
  }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function counts(names: readonly string[], seen: ReadonlyMap<string, number>): string {
  return names
    .filter((name) => seen.has(name))
    .map((name) => `${name} ${seen.get(name)}`)
    .join(', ');
}
