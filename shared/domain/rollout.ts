import { share } from './count-or-percent.ts';

/** All bake times of a run together stay below its own limit by as much. Minutes. */
const longestBake = 24 * 60;

/** What no single value shows of a rollout: each problem with its key, its value and what is allowed. */
export function rolloutProblems(rollout: {
  readonly waves: readonly string[];
  readonly bakeMinutes: number;
}): string[] {
  const { waves, bakeMinutes } = rollout;
  const last = waves.at(-1);
  const bakes = bakeMinutes * (waves.length - 1);
  return [
    ...(last === '100%'
      ? []
      : [
          `rollout.waves: ${JSON.stringify(last)} as the last wave is refused; allowed: "100%", or nodes would be left out`,
        ]),
    ...waves.flatMap((wave, index) =>
      isMoreThan(wave, waves[index - 1])
        ? []
        : [
            `rollout.waves[${index}]: ${JSON.stringify(wave)} is refused; allowed: more than the wave before it`,
          ],
    ),
    ...(bakes > longestBake
      ? [
          `rollout.bakeMinutes: ${bakeMinutes} is refused; allowed: ${longestBake} for all pauses together, and ${waves.length} waves have ${waves.length - 1}`,
        ]
      : []),
  ];
}

/** A count and a percentage cannot be compared before the nodes are known. */
function isMoreThan(wave: string, before: string | undefined): boolean {
  if (before === undefined || wave.endsWith('%') !== before.endsWith('%')) return true;
  return share(wave, Number.MAX_SAFE_INTEGER) > share(before, Number.MAX_SAFE_INTEGER);
}
