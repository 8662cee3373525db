import type { DesignRun } from '../evidence.ts';
import { playAlternative } from './alternative.ts';
import { automation } from './automation.ts';
import { playFleetPatcher } from './fleet-patcher.ts';
import type { Setup } from './setup.ts';
import { barrier, perServer, withHooks } from './state-machines.ts';

/** Ours first, then the alternatives in the order of the issue that asked for them. */
export const designNames = ['fleet-patcher', 'per-server', 'barrier', 'with-hooks', 'automation'] as const;
export type DesignName = (typeof designNames)[number];

const designs: Readonly<Record<DesignName, (setup: Setup) => Promise<DesignRun>>> = {
  'fleet-patcher': playFleetPatcher,
  'per-server': (setup) => playAlternative(perServer, setup),
  barrier: (setup) => playAlternative(barrier, setup),
  'with-hooks': (setup) => playAlternative(withHooks, setup),
  automation: (setup) => playAlternative(automation, setup),
};

export function play(design: DesignName, setup: Setup): Promise<DesignRun> {
  return designs[design](setup);
}
