import type { FleetNode } from '../../fleet/node.ts';

/** A parameter as a Command document of schema 2.2 declares it. */
export interface DocumentParameter {
  readonly type: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly minChars?: number;
  readonly maxChars?: number;
}

/** One of a document's `mainSteps`. `inputs.timeoutSeconds` may name a parameter: `{{ TimeoutSeconds }}`. */
export interface DocumentStep {
  readonly name: string;
  readonly action: string;
  readonly precondition?: { readonly StringEquals: readonly string[] };
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** A Command document of schema 2.2: user guide, Systems Manager, "Schemas, features, and examples". */
export interface DocumentContent {
  readonly schemaVersion: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, DocumentParameter>>;
  readonly mainSteps: readonly DocumentStep[];
}

/** A document that SendCommand can name. */
export interface CommandDocument {
  readonly name: string;
  readonly content: DocumentContent;
}

type PlatformType = FleetNode['platformType'];

/** Where a step runs: its precondition on `platformType`, or else the platforms of its action. */
export function platformsOf(step: DocumentStep): readonly PlatformType[] {
  const every = ['Linux', 'MacOS', 'Windows'] as const;
  const [left, right] = step.precondition?.StringEquals ?? [];
  if (left === 'platformType') return every.filter((platform) => platform === right);
  if (step.action === 'aws:runShellScript') return ['Linux', 'MacOS'];
  return step.action === 'aws:runPowerShellScript' ? ['Windows'] : every;
}

/** Whether any step of the document runs on the platform. */
export function supports(document: CommandDocument, platform: PlatformType): boolean {
  return document.content.mainSteps.some((step) => platformsOf(step).includes(platform));
}

/** What a document does on a node: patch it, run its hooks (it knows them by its `Step`), or something quick. */
export function kindOf(document: CommandDocument): 'patch' | 'patchWithHooks' | 'hook' | 'other' {
  if (document.name === 'AWS-RunPatchBaseline') return 'patch';
  if (document.name === 'AWS-RunPatchBaselineWithHooks') return 'patchWithHooks';
  const steps = document.content.parameters?.['Step']?.allowedValues ?? [];
  return steps.includes('preHook') && steps.includes('postHook') ? 'hook' : 'other';
}

/** Whether it works on the node's packages, which only one command at a time can. */
export function isPatchKind(kind: ReturnType<typeof kindOf>): boolean {
  return kind === 'patch' || kind === 'patchWithHooks';
}
