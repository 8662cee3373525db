import { isDeepStrictEqual } from 'node:util';
import type { Policy, PolicyFile } from '../../shared/domain/policy.ts';
import { logicalName, type Resources, type Value } from '../cloudformation.ts';
import type { Naming } from '../names.ts';

type Baseline = Policy['baselines'][number];

interface Registered {
  readonly policy: string;
  readonly patchGroup: string;
  readonly baseline: Baseline;
}

/** Debian's and Ubuntu's patches have no classification, and call their severity a priority. */
const debians: readonly string[] = ['UBUNTU', 'DEBIAN'];

/** One AWS::SSM::PatchBaseline for each patch group and operating system. Throws nothing: see `baselineProblems`. */
export function patchBaselines(policies: PolicyFile['policies'], naming: Naming): Resources {
  return Object.fromEntries(
    registrations(policies).map((registered) => [
      `Baseline${logicalName(registered.policy)}${registered.baseline.operatingSystem.replaceAll('_', '')}`,
      { Type: 'AWS::SSM::PatchBaseline', Properties: propertiesOf(registered, naming) },
    ]),
  );
}

/** What Patch Manager would refuse, or would take and not mean. */
export function baselineProblems(policies: PolicyFile['policies']): string[] {
  const all = Object.entries(policies).flatMap(([policy, { patchGroup, baselines }]) =>
    baselines.map((baseline) => ({ policy, patchGroup, baseline })),
  );
  const kept = registrations(policies);
  const conflicts = all.flatMap((each) => {
    const first = kept.find((other) => isSamePlace(each, other));
    if (!first || isDeepStrictEqual(first.baseline, each.baseline)) return [];
    return [
      `policies.${each.policy}.baselines: patch group "${each.patchGroup}" has another baseline for ${each.baseline.operatingSystem} in policies.${first.policy}; allowed: one for a patch group and operating system, so the same rules in both`,
    ];
  });
  const unclassified = all
    .filter(({ baseline }) => debians.includes(baseline.operatingSystem))
    .filter(({ baseline }) => baseline.rules.some((rule) => rule.classification))
    .map(
      ({ policy, baseline }) =>
        `policies.${policy}.baselines: classification is refused for ${baseline.operatingSystem}; allowed: severity (its priority) and product`,
    );
  return [...conflicts, ...unclassified];
}

/** Policies that share a patch group, and differ by their tags, share its baselines. */
function registrations(policies: PolicyFile['policies']): Registered[] {
  const kept: Registered[] = [];
  for (const [policy, { patchGroup, baselines }] of Object.entries(policies)) {
    for (const baseline of baselines) {
      const registered = { policy, patchGroup, baseline };
      if (!kept.some((other) => isSamePlace(registered, other))) kept.push(registered);
    }
  }
  return kept;
}

function isSamePlace(one: Registered, other: Registered): boolean {
  return (
    one.patchGroup === other.patchGroup && one.baseline.operatingSystem === other.baseline.operatingSystem
  );
}

function propertiesOf({ policy, patchGroup, baseline }: Registered, naming: Naming): Record<string, Value> {
  return {
    Name: `${naming.prefix}-${policy}-${baseline.operatingSystem}`,
    Description: `${naming.prefix}: ${policy}`,
    OperatingSystem: baseline.operatingSystem,
    PatchGroups: [patchGroup],
    ApprovalRules: { PatchRules: baseline.rules.map((rule) => ruleOf(rule, baseline.operatingSystem)) },
    ...(baseline.rejectedPatches.length > 0 ? { RejectedPatches: baseline.rejectedPatches } : {}),
  };
}

function ruleOf(rule: Baseline['rules'][number], operatingSystem: string): Value {
  const isWindows = operatingSystem === 'WINDOWS';
  const severityKey = isWindows
    ? 'MSRC_SEVERITY'
    : debians.includes(operatingSystem)
      ? 'PRIORITY'
      : 'SEVERITY';
  const filters = [
    { Key: 'PRODUCT', Values: rule.product ?? ['*'] },
    ...(rule.classification ? [{ Key: 'CLASSIFICATION', Values: rule.classification }] : []),
    ...(rule.severity ? [{ Key: severityKey, Values: rule.severity }] : []),
  ];
  return {
    PatchFilterGroup: { PatchFilters: filters },
    ApproveAfterDays: rule.approveAfterDays,
    ...(isWindows ? {} : { EnableNonSecurity: rule.includeNonSecurity }),
  };
}
