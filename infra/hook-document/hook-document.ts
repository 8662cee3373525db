import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type HookParameterName,
  hookDirectories,
  hookDirectoryLength,
  hookDocumentSteps,
  hookOperations,
  hookPatchResults,
  hookPatterns,
  hookSteps,
} from '../../shared/domain/hook-contract.ts';

/** One parameter of an SSM document; every one of ours is a String that its pattern or its values constrain. */
export interface HookDocumentParameter {
  readonly type: 'String';
  readonly description: string;
  readonly default?: string;
  readonly allowedPattern?: string;
  readonly allowedValues?: readonly string[];
  readonly maxChars?: number;
}

/** One step of an SSM Command document: a script for one platform. `runCommand` holds the script's lines. */
export interface HookDocumentStep {
  readonly action: 'aws:runShellScript' | 'aws:runPowerShellScript';
  readonly name: string;
  readonly precondition: { readonly StringEquals: readonly ['platformType', 'Linux' | 'Windows'] };
  readonly inputs: { readonly timeoutSeconds: string; readonly runCommand: readonly string[] };
}

/** An SSM Command document. Source: Systems Manager user guide, "Data elements and parameters" (schema 2.2). */
export interface HookDocument {
  readonly schemaVersion: '2.2';
  readonly description: string;
  readonly parameters: Readonly<Record<HookParameterName, HookDocumentParameter>>;
  readonly mainSteps: readonly HookDocumentStep[];
}

/** The hook document, ready for JSON: AWS::SSM::Document's `Content` with `DocumentType` Command. */
export function hookDocument(): HookDocument {
  return {
    schemaVersion: '2.2',
    description: "fleet-patcher: runs a node's own pre- or post-patch hooks, once for a run and step.",
    parameters: parameters(),
    mainSteps: [
      step('Linux', 'aws:runShellScript', ['run-once.sh', 'run-hooks.sh']),
      step('Windows', 'aws:runPowerShellScript', ['run-once.ps1', 'run-hooks.ps1']),
    ],
  };
}

function parameters(): HookDocument['parameters'] {
  return {
    RunId: {
      type: 'String',
      description: 'The run. With Step, it is what a hook runs once for.',
      allowedPattern: hookPatterns.runId,
    },
    Policy: { type: 'String', description: 'The policy of the run.', allowedPattern: hookPatterns.policy },
    Step: { type: 'String', description: 'Which hook: pre.d or post.d.', allowedValues: hookSteps },
    Operation: { type: 'String', description: 'What the patch step does.', allowedValues: hookOperations },
    PatchResult: {
      type: 'String',
      description: 'How the patch step ended; given to post-hooks only.',
      default: 'NotRun',
      allowedValues: hookPatchResults,
    },
    LinuxDirectory: directory('Linux', hookPatterns.linuxDirectory),
    WindowsDirectory: directory('Windows', hookPatterns.windowsDirectory),
    Required: {
      type: 'String',
      description: 'Whether an absent hook is a failure.',
      default: 'false',
      allowedValues: ['true', 'false'],
    },
    TimeoutSeconds: {
      type: 'String',
      description: 'The bound of the whole step, in seconds.',
      default: '600',
      allowedPattern: hookPatterns.timeoutSeconds,
    },
  };
}

function directory(platform: 'Linux' | 'Windows', allowedPattern: string): HookDocumentParameter {
  return {
    type: 'String',
    description: `The directory that holds pre.d and post.d on ${platform}.`,
    default: hookDirectories[platform],
    allowedPattern,
    maxChars: hookDirectoryLength,
  };
}

function step(
  platform: 'Linux' | 'Windows',
  action: HookDocumentStep['action'],
  files: readonly string[],
): HookDocumentStep {
  return {
    action,
    name: hookDocumentSteps[platform],
    precondition: { StringEquals: ['platformType', platform] },
    inputs: { timeoutSeconds: '{{ TimeoutSeconds }}', runCommand: files.flatMap(linesOf) },
  };
}

/** The lines of a script beside this file; several files make one script, run in one shell. */
function linesOf(file: string): string[] {
  return readFileSync(join(import.meta.dirname, file), 'utf8')
    .trimEnd()
    .split('\n');
}
