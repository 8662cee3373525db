import type { Ssm } from '../../shared/aws/ssm-clients.ts';
import { windowsNamed } from '../../shared/aws/window-history.ts';
import type { Policy } from '../../shared/domain/policy.ts';

const hour = 3_600_000;

/**
 * When the windows of policies with a rate open next (ms), by policy: a rate counts from the moment in which its window
 * was made, which only Systems Manager knows. A policy whose window is not found is absent. Nothing is asked without need.
 */
export async function anchorsOf(
  policies: Readonly<Record<string, Policy>>,
  windows: { readonly ssm: () => Ssm; readonly prefix: string },
): Promise<Map<string, number>> {
  const rates = Object.entries(policies).flatMap(([policy, { install }]) =>
    install?.schedule.startsWith('rate(') ? [{ policy, install }] : [],
  );
  if (rates.length === 0) return new Map();
  const named = await windowsNamed(windows.ssm(), windows.prefix);
  return new Map(
    rates.flatMap(({ policy, install }) => {
      const window = named.find(
        (each) =>
          each.schedule === install.schedule && each.durationMilliseconds === install.durationHours * hour,
      );
      return window?.nextOpensAt ? [[policy, window.nextOpensAt] as const] : [];
    }),
  );
}
