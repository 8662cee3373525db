import { join } from 'node:path';

/** Where the packaged functions lie: one folder each, with its bundle and the policies. */
export const bundleDirectory = join(import.meta.dirname, '..', 'dist', 'functions');

/** The functions of the stack. Each is named after the state that calls it; the definition knows it by its substitution. */
export const functions = [
  {
    name: 'resolve-targets',
    substitution: 'ResolveTargetsFunctionArn',
    memoryMegabytes: 512,
    timeoutSeconds: 300,
  },
  { name: 'send-command', substitution: 'SendCommandFunctionArn', memoryMegabytes: 256, timeoutSeconds: 120 },
  { name: 'poll-command', substitution: 'PollCommandFunctionArn', memoryMegabytes: 256, timeoutSeconds: 120 },
  {
    name: 'evaluate-result',
    substitution: 'EvaluateResultFunctionArn',
    memoryMegabytes: 512,
    timeoutSeconds: 60,
  },
  { name: 'notify', substitution: 'NotifyFunctionArn', memoryMegabytes: 512, timeoutSeconds: 120 },
] as const;
