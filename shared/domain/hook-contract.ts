/** The steps of the hook document, by `PlatformType`: GetCommandInvocation wants one as `PluginName`. */
export const hookDocumentSteps = { Linux: 'RunHooksLinux', Windows: 'RunHooksWindows' } as const;

/** The hook document's parameters. SendCommand's `Parameters` takes each as a list of one string. */
export const hookParameterNames = [
  'RunId',
  'Policy',
  'Step',
  'Operation',
  'PatchResult',
  'LinuxDirectory',
  'WindowsDirectory',
  'Required',
  'TimeoutSeconds',
] as const;
export type HookParameterName = (typeof hookParameterNames)[number];

/** Allowed values of `Step`: which of a node's two hooks is run. */
export const hookSteps = ['preHook', 'postHook'] as const;

/** Allowed values of `Operation`, in AWS-RunPatchBaseline's words. */
export const hookOperations = ['Install', 'Scan'] as const;

/** Allowed values of `PatchResult`: what a post-hook is told of the patch. */
export const hookPatchResults = ['NotRun', 'Success', 'Failed', 'TimedOut', 'Unreachable'] as const;

/**
 * The exit codes that are the document's own. Every other one is the exit code of the script that failed.
 * 129, 130 and 143 (128 and the signal) say that the step itself was told to end.
 */
export const hookExitCodes = {
  Success: 0,
  TimedOut: 124,
  RequiredHookAbsent: 221,
  NotRunnable: 222,
  Interrupted: 223,
  StateUnusable: 224,
  ReservedByAgent: 225,
  StillRunning: 226,
} as const;

/** Where a node's hooks are unless its policy says otherwise. */
export const hookDirectories = { Linux: '/etc/patch-hooks', Windows: 'C:\\ProgramData\\PatchHooks' } as const;

/**
 * `TimeoutSeconds` of the hook document. The last `reserve` seconds are the script's own: it stops the hook and
 * keeps the result in them, because the agent's timeout is a SIGKILL after which nothing can be kept.
 */
export const hookTimeoutSeconds = { minimum: 30, maximum: 172_800, reserve: 10 } as const;

/**
 * What the document's `allowedPattern`s admit. SSM puts a parameter's value into the script as text, so nothing
 * that could end a single-quoted string passes. No component of a directory begins with a dot: there is no `..`.
 * No look-ahead: it has no meaning in the regular expressions of the agent (Go).
 */
export const hookPatterns = {
  runId: '^[A-Za-z0-9_.-]{1,80}$',
  policy: '^[A-Za-z0-9_-]{1,64}$',
  linuxDirectory: '^(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199})+$',
  windowsDirectory: '^[A-Za-z]:(\\\\[A-Za-z0-9_-][A-Za-z0-9._-]{0,199})+$',
  timeoutSeconds:
    '^(3[0-9]|[4-9][0-9]|[1-9][0-9]{2,4}|1[0-6][0-9]{4}|17[01][0-9]{3}|172[0-7][0-9]{2}|172800)$',
} as const;

/** Characters of a directory at most: with a script's name it stays below PATH_MAX, beyond which all looks absent. */
export const hookDirectoryLength = 200;
