import type { HeldFindings } from '../../shared/aws/held-findings.ts';
import type { Place } from '../../shared/aws/ledger.ts';
import type { OpenFinding, RefusedUpdate, SecurityHub } from '../../shared/aws/security-hub.ts';
import type { TellingTurns } from '../../shared/aws/telling-turns.ts';
import type { Troubles } from '../../shared/aws/troubles.ts';
import type { FindingKey } from '../../shared/domain/findings/finding.ts';
import type { HeldFinding } from '../../shared/domain/findings/held.ts';
import type { Trouble } from '../../shared/domain/findings/trouble.ts';
import type { Claim, ClaimResult, Claims } from '../../shared/lambda/idempotency.ts';

/** What the table does with troubles, in memory: a test of the table runs against this too. */
export class MemoryTroubles implements Troubles {
  readonly items = new Map<string, Trouble>();

  async byNode(place: Place, nodeIds: readonly string[]): Promise<Map<string, Trouble>> {
    return new Map(
      nodeIds.flatMap((nodeId): (readonly [string, Trouble])[] => {
        const item = this.items.get(keyOf(place, nodeId));
        return item ? [[nodeId, item]] : [];
      }),
    );
  }

  async remember(place: Place, trouble: Trouble): Promise<void> {
    const { nodeId, policy, severity, missing, failed, pendingReboot, foundAt } = trouble;
    const { tellings, toldAt, toldFoundAt } = trouble;
    const before = this.items.get(keyOf(place, nodeId));
    const told = before && before.tellings > tellings ? {} : { tellings, toldAt, toldFoundAt };
    const seen = { nodeId, policy, severity, missing, failed, pendingReboot, foundAt };
    const isNewest = !before || before.foundAt <= foundAt;
    this.set(place, {
      ...(before ?? { ...trouble, compliantSince: null, resolvedThrough: null }),
      ...(isNewest ? seen : {}),
      ...told,
    });
  }

  async noteCompliant(place: Place, nodeId: string, compliantSince: number): Promise<void> {
    const before = this.items.get(keyOf(place, nodeId));
    if (!before || before.foundAt > compliantSince || (before.compliantSince ?? -1) >= compliantSince) return;
    this.set(place, { ...before, compliantSince });
  }

  async noteResolved(place: Place, nodeId: string, resolvedThrough: number): Promise<void> {
    const before = this.items.get(keyOf(place, nodeId));
    if (before?.compliantSince == null || before.compliantSince < resolvedThrough) return;
    this.set(place, { ...before, resolvedThrough });
  }

  private set(place: Place, trouble: Trouble): void {
    this.items.set(keyOf(place, trouble.nodeId), trouble);
  }
}

function keyOf({ accountId, region }: Place, nodeId: string): string {
  return `${accountId}/${region}/${nodeId}`;
}

/** Claims in memory; whoever has held one for five minutes is dead. */
export class MemoryClaims implements Claims {
  readonly records = new Map<string, { readonly result?: ClaimResult; readonly expiresAt: number }>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  async claim(key: string): Promise<Claim> {
    const record = this.records.get(key);
    if (record?.result) return { outcome: 'done', result: record.result };
    if (record && record.expiresAt > this.now()) return { outcome: 'busy' };
    this.records.set(key, { expiresAt: this.now() + 300_000 });
    return { outcome: 'claimed' };
  }

  async finish(key: string, result: ClaimResult): Promise<void> {
    this.records.set(key, { result, expiresAt: Number.POSITIVE_INFINITY });
  }

  async release(key: string): Promise<void> {
    this.records.delete(key);
  }
}

/** Security Hub's marks, by finding id. Findings that it refuses are said beforehand. */
export class MemorySecurityHub implements SecurityHub {
  readonly marks = new Map<string, { readonly status: 'NOTIFIED' | 'RESOLVED'; readonly note: string }>();
  readonly calls: string[] = [];
  readonly refusing = new Map<string, Pick<RefusedUpdate, 'code' | 'isPassing'>>();
  open: readonly OpenFinding[] = [];

  async openPatchFindings(nodeIds: readonly string[]): Promise<OpenFinding[]> {
    this.calls.push('openPatchFindings');
    return this.open.filter(({ key, nodeId }) => {
      return nodeIds.includes(nodeId) && this.marks.get(key.id)?.status !== 'RESOLVED';
    });
  }

  async updateWorkflow(
    findings: readonly FindingKey[],
    to: { readonly status: 'NOTIFIED' | 'RESOLVED'; readonly note: string },
  ): Promise<RefusedUpdate[]> {
    this.calls.push('updateWorkflow');
    const refused = findings.flatMap((key): RefusedUpdate[] => {
      const why = this.refusing.get(key.id);
      return why ? [{ key, message: 'refused', ...why }] : [];
    });
    for (const { id } of findings) if (!this.refusing.has(id)) this.marks.set(id, to);
    return refused;
  }
}

/** What is held, in memory. */
export class MemoryHeldFindings implements HeldFindings {
  readonly items = new Map<string, HeldFinding>();

  async hold(findings: readonly HeldFinding[]): Promise<void> {
    for (const held of findings) this.items.set(JSON.stringify(held.finding), held);
  }

  async all(): Promise<(HeldFinding & { readonly id: string })[]> {
    return [...this.items].map(([id, held]) => ({ ...held, id }));
  }

  async drop(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.items.delete(id);
  }
}

/** Who told whom last, in memory. */
export class MemoryTellingTurns implements TellingTurns {
  private readonly toldAt = new Map<string | null, number>();

  async take(policy: string | null, at: number, quietMilliseconds: number): Promise<boolean> {
    const before = this.toldAt.get(policy);
    if (before !== undefined && before > at - quietMilliseconds) return false;
    this.toldAt.set(policy, at);
    return true;
  }

  async giveBack(policy: string | null, at: number): Promise<void> {
    if (this.toldAt.get(policy) === at) this.toldAt.delete(policy);
  }
}
