import { type Life, live } from '../../../local/life/life.ts';
import { clockTable, firstOfEachKind } from '../../../local/life/report.ts';
import { hour, policies } from './lives.ts';

/** A few seconds a life; a machine that has other work takes several times as long. */
const patience = 240_000;

function shortLife(seed: number): Promise<Life> {
  return live({ seed, nodes: 10, days: 3, policies, lookSchedule: 'rate(3 hours)' });
}

/** All that a life leaves, as text. */
function left({ timeline, messages, ledger, findings, report }: Life): string {
  return JSON.stringify({ timeline, messages, ledger, findings, report }, null, 1);
}

describe('a life', () => {
  test(
    'of the same seed is the same to the byte, and of another seed is not',
    async () => {
      const [first, second, other] = [await shortLife(1), await shortLife(1), await shortLife(2)];

      expect(left(second)).toBe(left(first));
      expect(left(other)).not.toBe(left(first));
    },
    patience,
  );

  test(
    '[F34] [F35] goes through the stack, from a scan to its message, its finding and the clock',
    async () => {
      const life = await shortLife(1);

      const kinds = new Set(life.timeline.map(({ kind }) => kind));
      expect([...kinds].toSorted()).toEqual([
        'clock',
        'findings',
        'message',
        'node',
        'released',
        'run',
        'scan',
      ]);
      expect(firstOfEachKind(life.messages).join('\n')).toMatch(/Findings web:[\s\S]*Succeeded web Install/);
      expect(clockTable(life.report.json)).toMatch(/\n {2}web +\d+/);
      expect(life.report.csv).toMatch(/^Policy,Account/);
      const statuses = Map.groupBy(life.findings, ({ Workflow }) => Workflow.Status);
      const late = (statuses.get('NEW') ?? []).filter(
        ({ CreatedAt }) => Date.parse(CreatedAt) < life.endsAt - hour,
      );
      expect(late).toEqual([]);
      expect(statuses.get('NOTIFIED')?.length).toBeGreaterThan(5);
      expect(statuses.get('RESOLVED')?.length).toBeGreaterThan(5);
    },
    patience,
  );
});
