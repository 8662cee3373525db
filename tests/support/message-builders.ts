import type { FindingsDigest, TroubledNode } from '../../shared/domain/findings/digest.ts';
import type { OverduePatch, SlaAlert } from '../../shared/domain/sla/alert.ts';
import { home, hour, nodeIdOf, spoke } from './domain-builders.ts';

/** Thursday afternoon in Tokyo: the window of Saturday is two days away, and what was found at noon is due in a week. */
export const now = Date.parse('2026-01-15T06:30:00Z');
export const patchFleetArn =
  'arn:aws:states:us-east-1:111122223333:stateMachine:fleet-patcher-prd-patch-fleet';
/** What a message about findings has to know besides them. */
export const facts = { now, patchFleetArn };
export const noon = Date.parse('2026-01-15T03:00:00Z');
export const day = 24 * hour;

export const saturday = {
  opensAt: Date.parse('2026-01-17T13:00:00Z'),
  cutoffAt: Date.parse('2026-01-17T16:00:00Z'),
  closesAt: Date.parse('2026-01-17T17:00:00Z'),
} as const;

export function troubled(index: number, rest: Partial<TroubledNode> = {}): TroubledNode {
  return {
    nodeId: nodeIdOf(index),
    ...home,
    severity: 'HIGH',
    missing: 3,
    failed: 0,
    pendingReboot: 0,
    foundAt: noon,
    change: 'new',
    vulnerabilities: [],
    ...rest,
  };
}

export const inTime = {
  kind: 'window',
  window: saturday,
  timeZone: 'Asia/Tokyo',
  dueAt: noon + 7 * day,
  isInTime: true,
} as const;

export function digest(rest: Partial<FindingsDigest> = {}): FindingsDigest {
  return {
    policy: 'prd-web',
    findings: 15,
    nodes: [
      troubled(1, { severity: 'CRITICAL', missing: 4, pendingReboot: 1, change: 'worse' }),
      troubled(2, { ...spoke, severity: 'CRITICAL' }),
      ...Array.from({ length: 10 }, (_, index) => troubled(index + 3, { severity: 'MEDIUM', missing: 1 })),
    ],
    prospect: inTime,
    slaDays: 7,
    ...rest,
  };
}

export function overdue(index: number, rest: Partial<OverduePatch> = {}): OverduePatch {
  const firstSeenAt = now - 5 * day;
  return {
    nodeId: nodeIdOf(index),
    ...home,
    patchId: 'KB5074109',
    title: '2026-01 Cumulative Update for Windows Server 2022 (KB5074109)',
    severity: 'Critical',
    firstSeenAt,
    dueAt: firstSeenAt + 7 * day,
    reason: 'NodeAway',
    windowsMissed: 0,
    ...rest,
  };
}

export function slaAlert(rest: Partial<SlaAlert> = {}): SlaAlert {
  const kernel = { patchId: 'kernel.x86_64:0:6.1.158-180.294.amzn2023', title: 'kernel security update' };
  return {
    kind: 'sla-forecast',
    policy: 'prd-web',
    slaDays: 7,
    timeZone: 'Asia/Tokyo',
    patches: [
      overdue(1),
      overdue(1, { ...kernel, severity: 'Important' }),
      overdue(2, { ...spoke, reason: 'KeepsFailing', windowsMissed: 1, dueAt: now + 2 * day }),
      overdue(3, { reason: 'WindowTooLate', dueAt: now + 1.5 * day, ...kernel }),
      overdue(4, { reason: 'WindowTooLate', dueAt: now + 1.5 * day }),
    ],
    nextWindow: saturday,
    counts: { onTime: 212, dueSoon: 5, breached: 0 },
    now,
    ...rest,
  };
}
