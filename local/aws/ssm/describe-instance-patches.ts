import { AwsError } from '../service.ts';
import { managedRecord } from './account.ts';
import type { SsmOperation } from './context.ts';
import { Members } from './members.ts';
import { pageOf } from './page.ts';
import { type ListedPatch, listedPatches } from './patch-list.ts';
import { instanceIdRule, patchPageRange } from './rules.ts';
import { wireTime } from './wire.ts';

interface PatchFilter {
  readonly key: string;
  readonly values: readonly string[];
}

/** DescribeInstancePatches: the patches of one node, as its last operation reported them. */
export const describeInstancePatches: SsmOperation = (input, { account, caller }) => {
  const members = new Members(input);
  const instanceId = members.requiredString('InstanceId', instanceIdRule);
  const filters = members.structures('Filters', { min: 0, max: 5, read: readFilter }) ?? [];
  const size = members.integer('MaxResults', patchPageRange) ?? 10;
  const token = members.string('NextToken');
  members.finish();
  const record = managedRecord(account, instanceId);
  const { endedAt } = record.memory.report;
  const query = ['DescribeInstancePatches', caller.accountId, caller.region, instanceId, filters, endedAt];
  const page = pageOf(listedPatches(record), {
    paging: { query, token },
    size,
    from: 'oldest',
    passes: (patch) => filters.every(({ key, values }) => values.includes(wordOf(patch, key))),
  });
  return { Patches: page.rows.map(patchRow), NextToken: page.token };
};

function readFilter(members: Members): PatchFilter {
  return {
    key: members.string('Key', { min: 1, max: 128 }) ?? '',
    values: members.strings('Values', { member: { min: 1, max: 256 } }) ?? [],
  };
}

function wordOf(patch: ListedPatch, key: string): string {
  switch (key) {
    case 'Classification':
      return patch.classification;
    case 'KBId':
      return patch.kbId;
    case 'Severity':
      return patch.severity;
    case 'State':
      return patch.state;
    default:
      throw new AwsError(
        'InvalidFilter',
        `Filter key ${key} is not one of: Classification, KBId, Severity, State.`,
      );
  }
}

function patchRow(patch: ListedPatch): Readonly<Record<string, unknown>> {
  return {
    Title: patch.title,
    KBId: patch.kbId,
    Classification: patch.classification,
    Severity: patch.severity,
    State: patch.state,
    InstalledTime: wireTime(patch.installedAt),
    ...(patch.cveIds === '' ? {} : { CVEIds: patch.cveIds }),
  };
}
