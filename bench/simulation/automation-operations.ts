import { AwsError, type Operations } from '../../local/aws/service.ts';
import type { ChildAutomation } from './automation.ts';
import { objectsOf, textOf } from './json.ts';

/** What StartAutomationExecution is asked for: one runbook over what carries a tag. */
export interface StartRequest {
  readonly runbook: string;
  readonly tag: { readonly key: string; readonly values: readonly string[] };
  readonly parameters: Readonly<Record<string, string>>;
  readonly maxConcurrency: string;
  readonly maxErrors: string;
}

export interface AutomationOperationsParts {
  /** Begins it, and answers with its execution id. */
  readonly start: (request: StartRequest) => string;
  readonly children: () => readonly ChildAutomation[];
}

/**
 * StartAutomationExecution with one tag and rate control, and DescribeAutomationExecutions of one parent's children, pages
 * of at most 50: API reference, Systems Manager.
 */
export function automationOperations({ start, children }: AutomationOperationsParts): Operations {
  return {
    StartAutomationExecution(input) {
      const [target, ...others] = objectsOf(input['Targets'], 'Targets');
      const key = textOf(target?.['Key'], 'Key');
      if (!target || others.length > 0 || !key.startsWith('tag:')) {
        throw new AwsError('InvalidTarget', 'One target by a tag is what is embedded.');
      }
      if (input['TargetParameterName'] !== 'InstanceId') {
        throw new AwsError('InvalidTarget', 'Targets need a TargetParameterName.');
      }
      const executionId = start({
        runbook: textOf(input['DocumentName'], 'DocumentName'),
        tag: { key: key.slice('tag:'.length), values: listOf(target['Values']) },
        parameters: firstValues(input['Parameters']),
        maxConcurrency: textOf(input['MaxConcurrency'], 'MaxConcurrency'),
        maxErrors: textOf(input['MaxErrors'], 'MaxErrors'),
      });
      return { AutomationExecutionId: executionId };
    },
    DescribeAutomationExecutions(input) {
      const size = Number(input['MaxResults'] ?? 50);
      if (!(size >= 1 && size <= 50)) throw new AwsError('ValidationException', `MaxResults ${size}`);
      const from = Number(input['NextToken'] ?? 0);
      const page = children().slice(from, from + size);
      const isLast = from + size >= children().length;
      return {
        AutomationExecutionMetadataList: page.map(({ executionId, target, status }) => ({
          AutomationExecutionId: executionId,
          AutomationExecutionStatus: status,
          Target: target,
        })),
        ...(isLast ? {} : { NextToken: String(from + size) }),
      };
    },
  };
}

/** `Parameters` of an automation: lists of text, of which runbooks with single values take the first. */
function firstValues(parameters: unknown): Readonly<Record<string, string>> {
  if (typeof parameters !== 'object' || parameters === null) return {};
  return Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, listOf(values)[0] ?? '']),
  );
}

function listOf(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.map(String) : [];
}
