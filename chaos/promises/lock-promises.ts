import type { NodeScope } from '../../local/fleet/generate.ts';
import { bucketName } from '../../local/names.ts';
import { keys } from '../../shared/domain/keys.ts';
import { lockRegistrySchema } from '../../shared/domain/run-lock.ts';
import { bothScopes } from '../nodes.ts';
import type { Played } from '../play.ts';
import { isByFault } from './failing.ts';
import type { Case } from './promised-run.ts';
import { isBeyondClosing } from './telling-promises.ts';

/**
 * A run that is over holds no node, once all that it sent has run out. Where its locks could not be given back, or nobody
 * could close it, an alarm has rung, and they expire by themselves.
 */
export function nothingStaysLocked({ played, record: { runId } }: Case): string[] {
  const refused = played.unreleased.get(runId) ?? [];
  if (isBeyondClosing(played) || refused.some((error) => isByFault(played, error))) return [];
  const held = bothScopes
    .flatMap((scope) => registryOf(played, scope).runs)
    .filter((run) => run.runId === runId && run.expiresAt > played.overAt);
  return held.map(({ nodeIds }) => `the run is over, and ${nodeIds.join(', ')} stayed locked`);
}

function registryOf({ aws }: Played, scope: NodeScope) {
  const key = keys.locks(scope);
  if (!aws.s3.keys(bucketName).includes(key)) return { runs: [] };
  return lockRegistrySchema.parse(JSON.parse(aws.s3.object(bucketName, key).toString('utf8')));
}
