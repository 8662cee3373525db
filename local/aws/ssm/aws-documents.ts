import type { CommandDocument, DocumentContent } from './document.ts';
import { uuidPattern } from './rules.ts';

const patchStepInputs = { timeoutSeconds: '{{ StepTimeoutSeconds }}' } as const;

/** User guide, Systems Manager, "SSM Command document for patching: AWS-RunPatchBaseline". */
const runPatchBaseline: DocumentContent = {
  schemaVersion: '2.2',
  description:
    'Scans for or installs patches from a patch baseline to a Linux, macOS or Windows operating system.',
  parameters: {
    Operation: { type: 'String', allowedValues: ['Scan', 'Install'] },
    AssociationId: { type: 'String', default: '', allowedPattern: `(^$)|^${uuidPattern}$` },
    SnapshotId: { type: 'String', default: '', allowedPattern: `(^$)|^${uuidPattern}$` },
    InstallOverrideList: {
      type: 'String',
      default: '',
      allowedPattern: '(^$)|^https://.+$|^s3://([^/]+)/(.*?([^/`\'"$]+))$',
      maxChars: 256,
    },
    BaselineOverride: { type: 'String', default: '', allowedPattern: '(^$)|^s3://([^/]+)/(.*?([^/]+))$' },
    RebootOption: {
      type: 'String',
      default: 'RebootIfNeeded',
      allowedValues: ['RebootIfNeeded', 'NoReboot'],
    },
    StepTimeoutSeconds: {
      type: 'String',
      default: '7200',
      allowedPattern: '^([1-9]|[1-9][0-9]{1,3}|[1-2][0-9]{4}|3[0-5][0-9]{3}|36000)$',
    },
  },
  mainSteps: [
    {
      name: 'PatchWindows',
      action: 'aws:runPowerShellScript',
      precondition: { StringEquals: ['platformType', 'Windows'] },
      inputs: patchStepInputs,
    },
    {
      name: 'PatchMacOS',
      action: 'aws:runShellScript',
      precondition: { StringEquals: ['platformType', 'MacOS'] },
      inputs: patchStepInputs,
    },
    {
      name: 'PatchLinux',
      action: 'aws:runShellScript',
      precondition: { StringEquals: ['platformType', 'Linux'] },
      inputs: patchStepInputs,
    },
  ],
};

const hookParameter = {
  type: 'String',
  default: 'AWS-Noop',
  allowedPattern: '^[a-zA-Z0-9_\\-.:/]{3,128}$',
} as const;

/**
 * User guide, Systems Manager, "SSM Command document for patching: AWS-RunPatchBaselineWithHooks": six parameters, no
 * override list, no macOS. Here one step for each platform stands for its eight, and their timeouts are that of the longest.
 */
const runPatchBaselineWithHooks: DocumentContent = {
  schemaVersion: '2.2',
  description: 'Wraps AWS-RunPatchBaseline, with hooks before and after the installation and at the end.',
  parameters: {
    Operation: { type: 'String', allowedValues: ['Scan', 'Install'] },
    SnapshotId: { type: 'String', default: '', allowedPattern: `(^$)|^${uuidPattern}$` },
    RebootOption: {
      type: 'String',
      default: 'RebootIfNeeded',
      allowedValues: ['RebootIfNeeded', 'NoReboot'],
    },
    PreInstallHookDocName: hookParameter,
    PostInstallHookDocName: hookParameter,
    OnExitHookDocName: hookParameter,
  },
  mainSteps: [
    {
      name: 'PatchWindows',
      action: 'aws:runDocument',
      precondition: { StringEquals: ['platformType', 'Windows'] },
      inputs: { timeoutSeconds: '7200' },
    },
    {
      name: 'PatchLinux',
      action: 'aws:runDocument',
      precondition: { StringEquals: ['platformType', 'Linux'] },
      inputs: { timeoutSeconds: '7200' },
    },
  ],
};

/** Its one step carries the plugin's name, as in documents of schema 1.2. */
const runShellScript: DocumentContent = {
  schemaVersion: '2.2',
  description: 'Run a shell script or specify the commands to run.',
  parameters: {
    commands: { type: 'StringList' },
    workingDirectory: { type: 'String', default: '', maxChars: 4096 },
    executionTimeout: {
      type: 'String',
      default: '3600',
      allowedPattern: '^([1-9][0-9]{0,4}|1[0-6][0-9]{4}|17[0-1][0-9]{3}|172[0-7][0-9]{2}|172800)$',
    },
  },
  mainSteps: [
    {
      name: 'aws:runShellScript',
      action: 'aws:runShellScript',
      inputs: { timeoutSeconds: '{{ executionTimeout }}' },
    },
  ],
};

/** The documents of AWS's own that this fleet is sent. */
export const awsDocuments: readonly CommandDocument[] = [
  { name: 'AWS-RunPatchBaseline', content: runPatchBaseline },
  { name: 'AWS-RunPatchBaselineWithHooks', content: runPatchBaselineWithHooks },
  { name: 'AWS-RunShellScript', content: runShellScript },
];
