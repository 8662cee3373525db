import { InvalidPolicyError } from '../errors.ts';
import { excerpt } from './excerpt.ts';
import { type Policy, type PolicyFile, policyFileSchema, type Scope } from './policy.ts';
import { firstOf, problemsOf } from './problems.ts';
import { rolloutProblems } from './rollout.ts';

/** Rules of DESIGN that are not there yet: naming one is refused, so that nobody relies on it. */
const notYet: Readonly<Record<string, readonly string[]>> = {
  rollout: ['healthGate', 'oneAtATime'],
  '': ['changeCalendar', 'stopRequest', 'organizationalUnits'],
};

/**
 * Reads what `fleet.yml` says, already parsed from YAML or JSON.
 * Throws InvalidPolicyError with every problem at once, each naming its path, its value and what is allowed.
 */
export function readPolicyFile(content: unknown, file: string): PolicyFile {
  const parsed = policyFileSchema.safeParse(content);
  const early = [...notYetProblems(content), ...pollutingProblems(content)];
  if (!parsed.success) {
    const known = new Set(early.map((problem) => problem.split(':')[0]));
    const rest = problemsOf(parsed.error, content).filter((problem) => !known.has(problem.split(':')[0]));
    throw new InvalidPolicyError(file, [...firstOf(early), ...rest]);
  }
  const problems = [
    ...early,
    ...Object.entries(parsed.data.policies).flatMap(([name, policy]) => policyProblems(name, policy)),
    ...overlapProblems(parsed.data.policies),
  ];
  if (problems.length > 0) throw new InvalidPolicyError(file, firstOf(problems));
  return parsed.data;
}

function notYetProblems(content: unknown): string[] {
  return entriesOf(childOf(content, 'policies')).flatMap(([name, policy]) =>
    Object.entries(notYet).flatMap(([section, keys]) =>
      entriesOf(section === '' ? policy : childOf(policy, section))
        .filter(([key]) => keys.includes(key))
        .map(
          ([key]) =>
            `${['policies', name, section, key].filter(Boolean).join('.')}: known, but not supported by this version; remove it`,
        ),
    ),
  );
}

/** A record of the schema passes such a name over in silence: a tag less is a filter less. */
function pollutingProblems(content: unknown): string[] {
  const policies = childOf(content, 'policies');
  const tags = entriesOf(policies).map(
    ([name, policy]) => [`policies.${excerpt(name)}.targetTags`, childOf(policy, 'targetTags')] as const,
  );
  return [['policies', policies] as const, ...tags]
    .filter(([, value]) => entriesOf(value).some(([name]) => name === '__proto__'))
    .map(([path]) => `${path}.__proto__: the name "__proto__" is refused; allowed: any other`);
}

function policyProblems(name: string, policy: Policy): string[] {
  const problems = [
    ...rolloutProblems(policy.rollout),
    ...installProblems(policy.install),
    ...baselineProblems(policy.baselines),
    ...scopeProblems(policy.scopes ?? []),
  ];
  return problems.map((problem) => `policies.${name}.${problem}`);
}

function installProblems(install: Policy['install']): string[] {
  if (!install) return [];
  const { cutoffHours, durationHours, offsetDays, schedule } = install;
  return [
    ...(cutoffHours >= durationHours
      ? [
          `install.cutoffHours: ${cutoffHours} is refused; allowed: less than durationHours (${durationHours})`,
        ]
      : []),
    ...(offsetDays !== undefined && !schedule.startsWith('cron(')
      ? [`install.offsetDays: ${offsetDays} is refused; allowed: only with a cron schedule`]
      : []),
  ];
}

function baselineProblems(baselines: Policy['baselines']): string[] {
  const systems = baselines.map((baseline) => baseline.operatingSystem);
  return systems.flatMap((system, index) =>
    systems.indexOf(system) === index
      ? []
      : [
          `baselines[${index}].operatingSystem: ${JSON.stringify(system)} is refused; allowed: one baseline an operating system, as a patch group has`,
        ],
  );
}

function scopeProblems(scopes: readonly Scope[]): string[] {
  const places = scopes.map((scope) => `${scope.accountId}/${scope.region}`);
  return scopes.flatMap(({ accountId, roleArn, externalId }, index) => {
    const at = `scopes[${index}]`;
    const [, , , , roleAccount] = roleArn?.split(':') ?? [];
    return [
      ...(places.indexOf(`${places[index]}`) === index
        ? []
        : [`${at}: ${JSON.stringify(places[index])} is refused; allowed: each account and Region once`]),
      ...(externalId !== undefined && roleArn === undefined
        ? [`${at}.externalId: ${JSON.stringify(externalId)} is refused; allowed: only with roleArn`]
        : []),
      ...(roleArn !== undefined && roleAccount !== accountId
        ? [`${at}.roleArn: ${JSON.stringify(roleArn)} is refused; allowed: a role of account ${accountId}`]
        : []),
    ];
  });
}

/** No server is governed by two policies: the same patch group is refused unless tags or scopes keep them apart. */
function overlapProblems(policies: Readonly<Record<string, Policy>>): string[] {
  const entries = Object.entries(policies);
  return entries.flatMap(([name, policy], index) =>
    entries
      .slice(0, index)
      .filter(([, other]) => canClaimSameNode(policy, other))
      .map(
        ([otherName]) =>
          `policies.${name}.patchGroup: ${JSON.stringify(policy.patchGroup)} is refused; policies.${otherName} can claim the same nodes: give one of them another patch group, targetTags that exclude each other, or other scopes`,
      ),
  );
}

function canClaimSameNode(one: Policy, other: Policy): boolean {
  if (one.patchGroup !== other.patchGroup) return false;
  const tagsExclude = Object.entries(one.targetTags).some(([key, values]) => {
    const otherValues = other.targetTags[key];
    return otherValues !== undefined && !values.some((value) => otherValues.includes(value));
  });
  if (tagsExclude) return false;
  if (!one.scopes || !other.scopes) return true;
  const places = new Set(one.scopes.map((scope) => `${scope.accountId}/${scope.region}`));
  return other.scopes.some((scope) => places.has(`${scope.accountId}/${scope.region}`));
}

function childOf(content: unknown, key: string): unknown {
  return new Map(entriesOf(content)).get(key);
}

function entriesOf(content: unknown): [string, unknown][] {
  return typeof content === 'object' && content !== null ? Object.entries(content) : [];
}
