import { type Random, random } from '../random.ts';
import type { Fate, FleetNode, HookFate } from './node.ts';
import type { FateRates } from './rates.ts';

export interface FateOptions {
  readonly seed: number;
  readonly nodeId: string;
  readonly platformType: FleetNode['platformType'];
  readonly rates: FateRates;
}

interface Durations {
  readonly patchSeconds: readonly [number, number];
  readonly rebootSeconds: readonly [number, number];
}

const posix: Durations = { patchSeconds: [15, 25], rebootSeconds: [40, 180] };
const durations: Readonly<Record<FleetNode['platformType'], Durations>> = {
  Linux: posix,
  MacOS: posix,
  Windows: { patchSeconds: [90, 200], rebootSeconds: [120, 480] },
};

/**
 * A node's fate from its own stream. Every number is drawn in a fixed order whatever the rates are, so that turning
 * one fault on changes nothing else about the node.
 */
export function fateOf({ seed, nodeId, platformType, rates }: FateOptions): Fate {
  const stream = random(seed, 'node', nodeId);
  const { patchSeconds, rebootSeconds } = durations[platformType];
  const scanSeconds = clamp(Math.exp(Math.log(50) + 0.4 * stream.normal()), [20, 120]);
  const isCurrent = stream.chance(0.1);
  const drawnPatches = 1 + stream.integer(12);
  const missingPatches = isCurrent ? 0 : drawnPatches;
  const work =
    missingPatches * between(stream, patchSeconds) * Math.exp(0.25 * stream.normal()) * longTail(stream);
  const hasHooks = !stream.chance(0.25);
  const isStubborn = stream.chance(rates.stubborn);
  const stubborn = 1 + stream.integer(2);
  return {
    scanSeconds: tenths(scanSeconds),
    installSeconds: tenths(scanSeconds + work),
    install: oneOf<Fate['install']>({
      draw: stream.next(),
      odds: [
        ['fails', rates.patchFails],
        ['hangs', rates.patchHangs],
        ['falseFailure', rates.falseFailure],
      ],
      otherwise: 'succeeds',
    }),
    stubbornPatches: isStubborn ? Math.min(stubborn, missingPatches) : 0,
    missingPatches,
    installedPatches: 40 + stream.integer(360),
    rebootSeconds: tenths(between(stream, rebootSeconds)),
    returnsFromReboot: !stream.chance(rates.lostAfterReboot),
    preHook: hook(stream, {
      hasHooks,
      fails: rates.preHookFails,
      hangs: rates.preHookHangs,
      seconds: [5, 90],
    }),
    postHook: hook(stream, {
      hasHooks,
      fails: rates.postHookFails,
      hangs: rates.postHookHangs,
      seconds: [5, 120],
    }),
    agent: oneOf<Fate['agent']>({
      draw: stream.next(),
      odds: [
        ['offline', rates.agentOffline],
        ['dropsOut', rates.agentDropsOut],
      ],
      otherwise: 'online',
    }),
  };
}

interface HookOptions {
  readonly hasHooks: boolean;
  readonly fails: number;
  readonly hangs: number;
  readonly seconds: readonly [number, number];
}

function hook(stream: Random, { hasHooks, fails, hangs, seconds }: HookOptions): HookFate {
  const kind = oneOf<HookFate['kind']>({
    draw: stream.next(),
    odds: [
      ['fails', fails],
      ['hangs', hangs],
    ],
    otherwise: hasHooks ? 'succeeds' : 'absent',
  });
  const drawnSeconds = tenths(between(stream, seconds));
  return { kind, seconds: kind === 'absent' ? 0 : drawnSeconds };
}

interface Lottery<Prize> {
  readonly draw: number;
  readonly odds: readonly (readonly [Prize, number])[];
  readonly otherwise: Prize;
}

/** The likeliest is served first, so that a rate of 1 leaves nothing to the others. */
function oneOf<Prize>({ draw, odds, otherwise }: Lottery<Prize>): Prize {
  let bound = 0;
  for (const [prize, rate] of odds.toSorted(([, a], [, b]) => b - a)) {
    bound += rate;
    if (draw < bound) return prize;
  }
  return otherwise;
}

/** One node in fifty is far slower than its patches explain: a full disk, a slow mirror. */
function longTail(stream: Random): number {
  const isSlow = stream.chance(0.02);
  const factor = between(stream, [1.5, 4]);
  return isSlow ? factor : 1;
}

function between(stream: Random, [from, to]: readonly [number, number]): number {
  return from + (to - from) * stream.next();
}

function clamp(value: number, [lowest, highest]: readonly [number, number]): number {
  return Math.min(highest, Math.max(lowest, value));
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
