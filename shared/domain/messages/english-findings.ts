import { counted } from './counted.ts';
import type { FindingsWords } from './findings-words.ts';

const failedOn = (nodes: number) =>
  `On ${counted(nodes, 'server')} patches have failed before. Look for the cause first, or they may fail again: the output of the patch step is in the log bucket.`;
const startBefore = (due: string) =>
  `Start a run of the policy by hand before ${due}, at an hour when the servers may be touched.`;
const startNow =
  'The due time has passed. Start a run of the policy by hand as soon as the servers may be touched.';

export const englishFindings: FindingsWords = {
  headline: ({ policy, nodes }) =>
    policy === null
      ? `${counted(nodes, 'server')} without a policy ${nodes === 1 ? 'lacks' : 'lack'} patches.`
      : `${counted(nodes, 'server')} of policy ${policy} ${nodes === 1 ? 'lacks' : 'lack'} patches.`,
  changes: ({ fresh, worse, findings }) =>
    `${fresh} new, ${worse} worse than told before, from ${counted(findings, 'finding')} in Security Hub.`,
  verdict: {
    inTime: 'Nothing to do now: the next install window comes before they are due.',
    hasFailed: 'The next install window comes before they are due, but patches have failed before.',
    late: 'ACTION NEEDED: the next install window comes too late.',
    noWindow: 'ACTION NEEDED: this policy has no install window; its patches are installed by hand only.',
    unknownWindow: 'PLEASE CHECK: when the next install window opens cannot be computed.',
    noPolicy: 'ACTION NEEDED: without a policy nothing will ever install them.',
  },
  shortVerdict: {
    inTime: 'Nothing to do now.',
    hasFailed: 'Some have failed before.',
    late: 'The next window comes too late.',
    noWindow: 'No install window.',
    unknownWindow: 'Next window unknown.',
    noPolicy: 'Nothing will install them.',
  },
  title: (headline, shortVerdict) => `${headline} ${shortVerdict}`,
  due: ({ at, timeZone, distance, days }) =>
    `Due: ${at} (${timeZone}), ${distance}; the policy allows ${counted(days, 'day')} from discovery.`,
  severitiesTitle: 'Servers by severity:',
  worstTitle: (shown, nodes) =>
    shown === nodes ? 'These servers, the worst first:' : `The ${shown} worst of ${nodes} servers:`,
  lacks: ({ missing, failed, pendingReboot }) =>
    [
      missing > 0 ? `${missing} missing` : '',
      failed > 0 ? `${failed} failed` : '',
      pendingReboot > 0 ? `${pendingReboot} waiting for a reboot` : '',
    ]
      .filter(Boolean)
      .join(', ') || 'see Patch Manager',
  change: { new: 'NEW', worse: 'WORSE' },
  vulnerabilities: (ids, more) =>
    `Amazon Inspector reports on these servers: ${ids}${more > 0 ? `, and ${more} more` : ''}.`,
  nextSteps: {
    inTime: () => ['Nothing. If a server is going to miss its due time, you are warned before it does.'],
    hasFailed: ({ failed }) => [failedOn(failed)],
    late: ({ due, isOverdue, failed }) => [
      isOverdue ? startNow : startBefore(due),
      ...(failed > 0 ? [failedOn(failed)] : []),
    ],
    noWindow: ({ due, isOverdue, failed }) => [
      isOverdue ? startNow : startBefore(due),
      ...(failed > 0 ? [failedOn(failed)] : []),
    ],
    unknownWindow: ({ due, isOverdue, failed }) => [
      isOverdue
        ? startNow
        : `Look in the Systems Manager console when the maintenance window of the policy opens next. If that is after ${due}, start a run by hand before.`,
      ...(failed > 0 ? [failedOn(failed)] : []),
    ],
    noPolicy: () => [
      'Tag each server with the patch group and the target tags of the policy that is to patch it.',
      'If no policy fits, add one to fleet.yml and deploy.',
      'If somebody else patches a server, suppress its finding in Security Hub.',
    ],
  },
  pagesTitle: 'In the AWS console:',
  page: {
    worstNode: (place) => `The worst server (${place}):`,
    patchManager: (place) => `Patch Manager (${place}):`,
    securityHub: (place) => `Findings in Security Hub (${place}):`,
  },
};
