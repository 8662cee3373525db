import { counted } from './counted.ts';
import type { SlaWords } from './sla-words.ts';

const patchesOn = (patches: number, nodes: number) =>
  `${counted(patches, 'patch', 'patches')} on ${counted(nodes, 'server')}`;
const startBy = (due: string | null) =>
  due === null ? 'start a run by hand now' : `start a run by hand before ${due}`;

const sentence = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

export const englishSla: SlaWords = {
  headline: {
    'sla-forecast': ({ policy, slaDays, patches, nodes }) =>
      `${patchesOn(patches, nodes)} of policy ${policy} will not be installed within the SLA of ${counted(slaDays, 'day')} unless somebody acts.`,
    'sla-breach': ({ policy, slaDays, patches, nodes }) =>
      `${patchesOn(patches, nodes)} of policy ${policy} ${patches === 1 ? 'was' : 'were'} not installed within the SLA of ${counted(slaDays, 'day')}.`,
  },
  title: {
    'sla-forecast': ({ policy, patches, nodes }) =>
      `${policy}: ${patchesOn(patches, nodes)} will miss the SLA unless somebody acts`,
    'sla-breach': ({ policy, patches, nodes }) => `${policy}: ${patchesOn(patches, nodes)} missed the SLA`,
  },
  firstDue: (at, timeZone, distance) => `The first due time: ${at} (${timeZone}), ${distance}.`,
  noNextWindow: 'Install window: none that is known.',
  standing: ({ onTime, dueSoon, breached }) =>
    `Open patches of the policy now: ${onTime} on time, ${dueSoon} due within 48 hours, ${breached} overdue.`,
  reason: {
    'sla-forecast': {
      NoWindow: 'The policy has no install window to come',
      Unsupported: 'No run installs patches on this operating system',
      WindowTooLate: 'The next window comes too late',
      WindowFull: 'The rollout does not reach the server in time',
      KeepsFailing: 'Install windows come and go, and the server stays without the patch',
      NodeAway: 'The server does not answer, or is stopped',
      NeedsReboot: 'Installed, but the policy leaves the reboot to you',
      CalendarUnknown: 'The next window cannot be computed',
      Unexplained: 'The reason is not known',
    },
    'sla-breach': {
      NoWindow: 'The policy has no install window',
      Unsupported: 'No run installs patches on this operating system',
      WindowTooLate: 'No window came in time',
      WindowFull: 'The rollout did not reach the server in time',
      KeepsFailing: 'Install windows came and went, and the server stayed without the patch',
      NodeAway: 'The server did not answer, or was stopped',
      NeedsReboot: 'Installed, but the policy leaves the reboot to you',
      CalendarUnknown: 'The next window could not be computed',
      Unexplained: 'Not scanned since the window that should have installed it',
    },
  },
  advice: {
    NoWindow: (due) => sentence(startBy(due)),
    Unsupported: (due) =>
      `Install it on the server itself${due === null ? ' now' : ` before ${due}`}. If others look after the server, give it the opt-out tag of the policy.`,
    WindowTooLate: (due) =>
      `${sentence(startBy(due))} If this comes again, let the windows open more often, or raise slaDays.`,
    WindowFull: (due) =>
      `Raise maxConcurrency or lengthen the window (durationHours) in fleet.yml and deploy. If that comes too late, ${startBy(due)}.`,
    KeepsFailing: () =>
      'Find the cause in the hook and patch output of the last run (log bucket) and mend it. Another window alone will not help.',
    NodeAway: (due) =>
      `Bring the server back: start it, or mend its SSM Agent or its network; then ${startBy(due)}. If it is retired, terminate or deregister it.`,
    NeedsReboot: (due) => `Reboot the server by hand${due === null ? ' now' : ` before ${due}`}.`,
    CalendarUnknown: (due) =>
      `Look in the Systems Manager console when the window opens next. If that is too late, ${startBy(due)}.`,
    Unexplained: (due) =>
      `It may be installed already: look at the last run of the policy (run.json), or scan the server. If it is not, ${startBy(due)}.`,
  },
  counted: ({ patches, nodes }) => patchesOn(patches, nodes),
  causeAndAdvice: (cause, advice) => `${cause}. ${advice}`,
  cause: (reason, about) => `${reason} (${about})`,
  listTitle: (timeZone) => `Servers by cause, times in ${timeZone}:`,
  due: { 'sla-forecast': (at) => `due ${at}`, 'sla-breach': (at) => `was due ${at}` },
  andPatches: (count) => `and ${counted(count, 'more patch', 'more patches')}`,
  windowsMissed: (count) => `${counted(count, 'window')} missed`,
  whereTheRest: (url) => `Every patch of every server: ${url}`,
};
