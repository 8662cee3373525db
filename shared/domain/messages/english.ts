import type { Catalogue, WindowText } from './catalogue.ts';
import { counted } from './counted.ts';
import { englishFindings } from './english-findings.ts';
import { englishSla } from './english-sla.ts';

const lastStart = ({ cutoff, closes }: WindowText) =>
  cutoff === closes ? '' : ` No server is started after ${cutoff}.`;

export const english: Catalogue = {
  runEnded: {
    Succeeded: (policy) => `The patch run of policy ${policy} has ended.`,
    Halted: (policy) => `The patch run of policy ${policy} was HALTED. No further server was started.`,
    Failed: (policy) => `The patch run of policy ${policy} FAILED.`,
  },
  dryRunEnded: (policy) => `The dry run of policy ${policy} has ended. No server was touched.`,
  why: (reason) => `Why: ${reason}`,
  facts: (run) => `Run ${run.runId}, operation ${run.operation}, ${run.minutes} minutes.`,
  outcomesTitle: (nodes) => `${nodes} servers in scope, each with one outcome:`,
  outcome: {
    Patched: 'patched and proven',
    AlreadyCompliant: 'had nothing to install',
    PatchedPendingReboot: 'patched, waiting for a reboot',
    Scanned: 'scanned',
    WouldPatch: 'would be patched',
    NonCompliant: 'installed, but something is still missing or not proven',
    PreHookFailed: 'pre-hook failed, left unpatched',
    PatchFailed: 'patching failed',
    PostHookFailed: 'post-hook failed: the service may be down',
    TimedOut: 'timed out',
    Unreachable: 'did not answer',
    LostAfterReboot: 'did not come back from the reboot',
    NotReached: 'not started in this run',
    OptedOut: 'opted out by tag',
    Unmanaged: 'tagged, but unknown to Systems Manager',
    Stopped: 'stopped',
    Unknown: 'unknown: its batch died, look at the server',
  },
  handsNeededTitle: 'These servers need a hand now:',
  owedPostHooksTitle:
    'On these servers the post-hook did not succeed: what the pre-hook stopped may still be stopped:',
  troublesTitle: 'These servers had trouble:',
  andMore: (count) => `... and ${count} more`,
  whereTheRest: (url) => `Every server and every step: ${url}`,
  nextStepsTitle: 'What to do:',
  nextSteps: {
    Halted:
      'Find what the failed servers have in common before you start the policy again; the servers not started are untouched.',
    Failed: 'Look at the execution in the Step Functions console: its last states name the fault.',
    postHook:
      'Log in to the servers whose post-hook failed and start their services by hand; the output of the hook is in the log bucket.',
    lost: 'Look at the console or the hypervisor of the servers that did not come back.',
    unknown:
      'Check each server with the outcome Unknown by hand: its pre-hook may have run without its post-hook.',
    notReached:
      'Servers that were not started are untouched. The next window takes those that only ran out of time.',
  },
  urgentTitle: (policy) => `During the patch run of policy ${policy}, this needs a hand now:`,
  urgentClosing: 'The run goes on with the servers that it has begun. Its report follows at its end.',
  weekdays: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  moment: (date, weekday, time) => `${weekday} ${date} ${time}`,
  distance: (count, unit, isPast) => {
    const length = count === 0 ? 'less than an hour' : counted(count, unit === 'days' ? 'day' : 'hour');
    return isPast ? `${length} ago` : `in ${length}`;
  },
  window: (window) =>
    `Next install window: ${window.opens} to ${window.closes} (${window.timeZone}), ${window.distance}.${lastStart(window)}`,
  windowOpenNow: (window) =>
    `The install window is open NOW, until ${window.closes} (${window.timeZone}).${lastStart(window)} Its run may be under way: start none by hand before that has ended.`,
  startByHandTitle: 'To start a run by hand:',
  findings: englishFindings,
  sla: englishSla,
};
