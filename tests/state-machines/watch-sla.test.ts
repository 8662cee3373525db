import { looksAtMost } from '../../infra/clock-limits.ts';
import { functions } from '../../infra/functions.ts';
import { VirtualClock } from '../../local/clock.ts';
import type { ExecutionEvent } from '../../local/stepfunctions/run-context.ts';
import { runStateMachine } from '../../local/stepfunctions/run-state-machine.ts';
import { readDefinition, statesOf } from './read-definition.ts';

const { text, machines } = readDefinition('watch-sla');
const machineArn = 'arn:aws:states:us-east-1:111122223333:stateMachine:fleet-patcher-prd-watch-sla';

interface Look {
  readonly policy: string;
  readonly scope: number;
}

/** Looks at so many scopes of one policy, whose name is as long as a policy's can be. */
function looks(count: number): Look[] {
  return Array.from({ length: count }, (_each, scope) => ({ policy: 'p'.repeat(48), scope }));
}

/** An error as the embedded Lambda rejects with. */
function named(name: string): Error {
  return Object.assign(new Error('because'), { name });
}

/** One execution of the definition as it is deployed, over functions that are plain functions. */
async function watch(given: {
  readonly items: readonly Look[];
  readonly update?: (payload: unknown) => void;
  readonly report?: () => void;
  readonly list?: () => void;
}) {
  const calls: { readonly name: string; readonly payload: unknown }[] = [];
  const events: ExecutionEvent[] = [];
  const answers: Readonly<Record<string, (payload: unknown) => unknown>> = {
    'list-scopes': () => {
      given.list?.();
      return { items: given.items, usage: {} };
    },
    'update-ledger': (payload) => {
      given.update?.(payload);
      return { nodes: 2_400, read: 2_400, opened: 48_000, closed: 0, usage: { apiCalls: {} } };
    },
    'report-sla': () => {
      given.report?.();
      return { breached: 0 };
    },
  };
  const clock = new VirtualClock(Date.UTC(2026, 0, 10));
  const result = await runStateMachine({
    definition: JSON.parse(text),
    substitutions: {
      ListScopesFunctionArn: 'list-scopes',
      UpdateLedgerFunctionArn: 'update-ledger',
      ReportSlaFunctionArn: 'report-sla',
    },
    name: 'watch-1',
    input: {},
    clock,
    seed: 1,
    stateMachineName: 'fleet-patcher-prd-watch-sla',
    invoke: async (name, payload) => {
      calls.push({ name, payload });
      return answers[name]?.(payload);
    },
    onEvent: (event) => events.push(event),
  });
  const of = (name: string) => calls.filter((call) => call.name === name).map((call) => call.payload);
  const entered = events.flatMap((event) => (event.type === 'StateEntered' ? [event.stateName] : []));
  return { result, of, entered };
}

describe('an hourly look', () => {
  test('brings the ledger of every scope up to date, and then reports once', async () => {
    const items = [
      { policy: 'stg-web', scope: 0 },
      { policy: 'prd-web', scope: 0 },
      { policy: 'prd-web', scope: 1 },
    ];

    const { result, of, entered } = await watch({ items });

    expect(result).toMatchObject({ status: 'SUCCEEDED', output: { breached: 0 } });
    expect(of('list-scopes')).toEqual([{}]);
    expect(of('update-ledger')).toEqual(items.map((item) => ({ ...item, stateMachine: { Id: machineArn } })));
    expect(of('report-sla')).toEqual([{ stateMachine: machineArn }]);
    expect(entered.at(-1)).toBe('ReportSla');
  });

  test('goes on with the others when one scope fails for good, and reports', async () => {
    const failing = (payload: unknown) => {
      if (JSON.stringify(payload).includes('"scope":1,')) throw named('ScopeUnavailableError');
    };

    const { result, of, entered } = await watch({ items: looks(4), update: failing });

    expect(result.status).toBe('SUCCEEDED');
    expect(entered.filter((name) => name === 'ScopeNotSeen')).toHaveLength(1);
    expect(of('update-ledger')).toHaveLength(4 + 1);
    expect(of('report-sla')).toHaveLength(1);
  });

  test('does not try again what the product itself refuses', async () => {
    const { of, entered } = await watch({
      items: looks(1),
      update: () => {
        throw named('InvalidPolicyError');
      },
    });

    expect(of('update-ledger')).toHaveLength(1);
    expect(entered).toContain('ScopeNotSeen');
  });

  test.each(['list', 'report'] as const)('fails when the %s fails for good', async (what) => {
    const { result } = await watch({
      items: looks(1),
      [what]: () => {
        throw named('Error');
      },
    });

    expect(result).toMatchObject({ status: 'FAILED', error: 'WatchSlaFailed' });
  });

  test('lets a message that could not be sent be sent by a second attempt', async () => {
    let attempts = 0;

    const { result } = await watch({
      items: [],
      report: () => {
        attempts += 1;
        if (attempts === 1) throw named('InternalError');
      },
    });

    expect(result.status).toBe('SUCCEEDED');
    expect(attempts).toBe(2);
  });
});

describe('the most scopes that infra/ admits', () => {
  test('[F29] fit into one history and its payloads, with room for attempts that are repeated', async () => {
    const { result } = await watch({ items: looks(looksAtMost) });

    expect(result.status).toBe('SUCCEEDED');
    expect(result.usage.historyEventsMax).toBeLessThan(7 * looksAtMost + 50);
    expect(result.usage.payloadBytesMax).toBeLessThan(262_144);
  });

  test('[F29] fit even if every one of them fails for good', async () => {
    const { result, entered } = await watch({
      items: looks(looksAtMost),
      update: () => {
        throw named('ScopeUnavailableError');
      },
    });

    expect(result.status).toBe('SUCCEEDED');
    expect(entered.filter((name) => name === 'ScopeNotSeen')).toHaveLength(looksAtMost);
    expect(result.usage.historyEventsMax).toBeLessThan(25_000);
    expect(entered.at(-1)).toBe('ReportSla');
  });
});

describe('the Map', () => {
  const [map] = statesOf(machines).filter(({ state }) => state.Type === 'Map');

  test('is inline, and looks at as many scopes at once as the function may', () => {
    expect(map?.state.ItemProcessor?.ProcessorConfig).toEqual({ Mode: 'INLINE' });
    expect(map?.state['MaxConcurrency']).toBe(
      functions.find(({ name }) => name === 'update-ledger')?.reservedConcurrency,
    );
  });

  test('[F31] leads to the report whatever it fails with', () => {
    expect(map?.state.Catch.map(({ ErrorEquals, Next }) => [...ErrorEquals, Next])).toEqual([
      ['States.DataLimitExceeded', 'ReportSla'],
      ['States.ALL', 'ReportSla'],
    ]);
  });
});
