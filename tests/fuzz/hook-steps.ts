import { settingsOf } from '../../functions/resolve-targets/run-settings.ts';
import { commandsFor } from '../../shared/domain/command.ts';
import { readPolicyFile } from '../../shared/domain/policy-file.ts';
import { acceptRequest } from '../../shared/domain/request.ts';
import { InvalidPolicyError } from '../../shared/errors.ts';
import { barePolicy, nodeAfter, startedAt, waitingNode } from '../support/domain-builders.ts';

/**
 * What both hooks of a run would be sent, of each directory that a policy may have; a policy's name that is refused
 * leaves a plain one.
 */
export function hookStepParameters(given: {
  readonly name: string;
  readonly policy: string;
  readonly directories: readonly string[];
}): Readonly<Record<string, string>>[] {
  return given.directories.flatMap((directory) => {
    const hooks = [{ linuxDirectory: directory }, { windowsDirectory: directory }, {}];
    const files = hooks.flatMap((each) =>
      [given.policy, 'prd-web'].flatMap((policy) => acceptedOf(policy, each)),
    );
    return files.flatMap(({ policy, file }) => {
      const accepted = acceptRequest({ policy }, file);
      const execution = { id: 'arn', name: given.name, startTime: new Date(startedAt).toISOString() };
      const settings = settingsOf(accepted, execution, null);
      const due = [
        { node: waitingNode(1), step: 'preHook' },
        { node: nodeAfter({ preHook: 'Success', patch: 'TimedOut' }), step: 'postHook' },
      ] as const;
      const sends = commandsFor(due, { batchId: 'w1-b1', settings, nextSequence: 1 });
      return sends.map(({ parameters }) =>
        Object.fromEntries(Object.entries(parameters).map(([key, [value = '']]) => [key, value])),
      );
    });
  });
}

function acceptedOf(policy: string, hooks: Readonly<Record<string, string>>) {
  const policies = Object.fromEntries([[policy, { ...barePolicy, hooks }]]);
  try {
    return [{ policy, file: readPolicyFile({ version: 1, policies }, 'fleet.yml') }];
  } catch (error) {
    if (!(error instanceof InvalidPolicyError)) throw error;
    return [];
  }
}
