import type { LedgerOfPlace } from '../../../../shared/domain/ledger/reconcile-place.ts';
import { missedNodes, reconcilePlace } from '../../../../shared/domain/ledger/reconcile-place.ts';
import { nodeIdOf } from '../../../support/domain-builders.ts';
import { day, entryOf, monday, ownBaseline, summaryOf, unmanaged } from './looks.ts';

const lastLookAt = monday + day;

/** A look of `prd-web` that sees nobody, unless it is said whom. */
function lookAt(known: LedgerOfPlace, rest: Partial<Parameters<typeof reconcilePlace>[0]> = {}) {
  return reconcilePlace({
    policy: 'prd-web',
    now: monday + 2 * day,
    lastLookAt,
    known,
    seen: [],
    patches: new Map(),
    governing: new Set([ownBaseline]),
    terminated: new Set(),
    ...rest,
  });
}

test('a node of the policy that nobody lists any more is noted as such', () => {
  const changes = lookAt({ nodes: [summaryOf()], open: [entryOf()] });

  expect(changes).toMatchObject([
    { nodeId: nodeIdOf(1), summary: { standing: 'unmanaged', lastListedAt: lastLookAt }, closed: [] },
  ]);
});

test('a node that EC2 has terminated is gone at once: it cannot come back', () => {
  const known = { nodes: [summaryOf()], open: [entryOf()] };

  const changes = lookAt(known, { terminated: new Set(missedNodes('prd-web', { known, seen: [] })) });

  expect(changes).toMatchObject([
    { closed: [{ closedBecause: 'NodeGone', closedAt: monday + 2 * day }], settledSince: monday + 2 * day },
  ]);
});

test('the nodes of other policies in the same place are left to these, gone or not', () => {
  const known = { nodes: [summaryOf({ policy: 'stg-web' })], open: [entryOf({ policy: 'stg-web' })] };

  expect(lookAt(known, { now: monday + 100 * day })).toEqual([]);
});

test('entries without their node, which a look that died has left, are looked after by their policy', () => {
  const known = { nodes: [], open: [entryOf(), entryOf({ nodeId: nodeIdOf(2), policy: 'stg-web' })] };

  const changes = lookAt(known, { now: monday + 100 * day });

  expect(changes).toMatchObject([{ nodeId: nodeIdOf(1), closed: [{ closedBecause: 'NodeGone' }] }]);
});

test('a node that came unmanaged from another policy was listed when that policy last said so', () => {
  const before = summaryOf({ policy: 'stg-web' });

  const [change] = lookAt({ nodes: [before], open: [] }, { seen: [unmanaged] });

  expect(change?.summary).toEqual({ ...before, policy: 'prd-web', standing: 'unmanaged' });
});
