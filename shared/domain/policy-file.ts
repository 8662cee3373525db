import { InvalidPolicyError } from '../errors.ts';
import { share } from './count-or-percent.ts';
import { type Policy, type PolicyFile, policyFileSchema } from './policy.ts';
import { problemsOf } from './problems.ts';

/** Rules of DESIGN that are not there yet: naming one is refused, so that nobody relies on it. */
const notYet: Readonly<Record<string, readonly string[]>> = {
  rollout: ['healthGate', 'oneAtATime'],
  '': ['changeCalendar', 'stopRequest', 'lock', 'organizationalUnits'],
};

/**
 * Reads what `fleet.yml` says, already parsed from YAML or JSON.
 * Throws InvalidPolicyError with every problem at once, each naming its path, its value and what is allowed.
 */
export function readPolicyFile(content: unknown, file: string): PolicyFile {
  const parsed = policyFileSchema.safeParse(content);
  const early = notYetProblems(content);
  if (!parsed.success) {
    const known = new Set(early.map((problem) => problem.split(':')[0]));
    const rest = problemsOf(parsed.error, content).filter((problem) => !known.has(problem.split(':')[0]));
    throw new InvalidPolicyError(file, [...early, ...rest]);
  }
  const problems = [
    ...early,
    ...Object.entries(parsed.data.policies).flatMap(([name, policy]) => policyProblems(name, policy)),
    ...overlapProblems(parsed.data.policies),
  ];
  if (problems.length > 0) throw new InvalidPolicyError(file, problems);
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

function policyProblems(name: string, policy: Policy): string[] {
  const at = `policies.${name}`;
  const problems: string[] = [];
  const last = policy.rollout.waves.at(-1);
  if (last !== '100%') {
    problems.push(
      `${at}.rollout.waves: ${JSON.stringify(last)} as the last wave is refused; allowed: "100%", or nodes would be left out`,
    );
  }
  const sizes = policy.rollout.waves.map((wave) => share(wave, 1_000_000));
  const percents = policy.rollout.waves.map((wave) => (wave.endsWith('%') ? share(wave, 100) : 0));
  percents.forEach((percent, index) => {
    const before = percents[index - 1];
    if (percent > 0 && before !== undefined && before >= percent) {
      problems.push(
        `${at}.rollout.waves[${index}]: ${JSON.stringify(policy.rollout.waves[index])} is refused; allowed: more than the wave before it`,
      );
    }
  });
  sizes.forEach((size, index) => {
    const before = policy.rollout.waves[index - 1];
    if (
      before !== undefined &&
      !before.endsWith('%') &&
      !(policy.rollout.waves[index] ?? '').endsWith('%') &&
      size <= share(before, 1_000_000)
    ) {
      problems.push(
        `${at}.rollout.waves[${index}]: ${JSON.stringify(policy.rollout.waves[index])} is refused; allowed: more than the wave before it`,
      );
    }
  });
  const install = policy.install;
  if (install && install.cutoffHours >= install.durationHours) {
    problems.push(
      `${at}.install.cutoffHours: ${install.cutoffHours} is refused; allowed: less than durationHours (${install.durationHours})`,
    );
  }
  if (install?.offsetDays !== undefined && !install.schedule.startsWith('cron(')) {
    problems.push(
      `${at}.install.offsetDays: ${install.offsetDays} is refused; allowed: only with a cron schedule`,
    );
  }
  const systems = policy.baselines.map((baseline) => baseline.operatingSystem);
  systems.forEach((system, index) => {
    if (systems.indexOf(system) !== index) {
      problems.push(
        `${at}.baselines[${index}].operatingSystem: ${JSON.stringify(system)} is refused; allowed: one baseline an operating system, as a patch group has`,
      );
    }
  });
  const places = (policy.scopes ?? []).map((scope) => `${scope.accountId}/${scope.region}`);
  places.forEach((place, index) => {
    if (places.indexOf(place) !== index) {
      problems.push(
        `${at}.scopes[${index}]: ${JSON.stringify(place)} is refused; allowed: each account and Region once`,
      );
    }
  });
  policy.scopes?.forEach((scope, index) => {
    if (scope.externalId !== undefined && scope.roleArn === undefined) {
      problems.push(
        `${at}.scopes[${index}].externalId: ${JSON.stringify(scope.externalId)} is refused; allowed: only with roleArn`,
      );
    }
  });
  return problems;
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
