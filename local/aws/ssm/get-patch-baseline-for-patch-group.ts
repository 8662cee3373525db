import type { SsmOperation } from './context.ts';
import { Members } from './members.ts';
import { defaultBaseline } from './patch-baselines.ts';

/** API reference, Systems Manager, GetPatchBaselineForPatchGroup `OperatingSystem`. */
const operatingSystems = [
  'WINDOWS',
  'AMAZON_LINUX',
  'AMAZON_LINUX_2',
  'AMAZON_LINUX_2022',
  'UBUNTU',
  'REDHAT_ENTERPRISE_LINUX',
  'SUSE',
  'CENTOS',
  'ORACLE_LINUX',
  'DEBIAN',
  'MACOS',
  'RASPBIAN',
  'ROCKY_LINUX',
  'ALMA_LINUX',
  'AMAZON_LINUX_2023',
] as const;

/** Stands for AWS's own account, to which the predefined baselines belong. */
const ownerOfPredefined = '444455556666';

/** GetPatchBaselineForPatchGroup: a group without a baseline of its own has the predefined one, which comes as an ARN. */
export const getPatchBaselineForPatchGroup: SsmOperation = (input, { context, caller }) => {
  const members = new Members(input);
  const patchGroup = members.requiredString('PatchGroup', {
    min: 1,
    max: 256,
    pattern: '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)',
  });
  const operatingSystem = members.string('OperatingSystem', { values: operatingSystems }) ?? 'WINDOWS';
  members.finish();
  const registered = context.baselines.find(caller, { patchGroup, operatingSystem });
  const predefined = `arn:aws:ssm:${caller.region}:${ownerOfPredefined}:patchbaseline/${defaultBaseline(operatingSystem)}`;
  return { BaselineId: registered ?? predefined, PatchGroup: patchGroup, OperatingSystem: operatingSystem };
};
