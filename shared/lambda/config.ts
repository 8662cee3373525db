import { resolve } from 'node:path';
import * as z from 'zod';
import { problemsOf } from '../domain/problems.ts';
import { ConfigurationError } from '../errors.ts';

const arn = z.string().regex(/^arn:aws[a-z-]*:/, 'allowed: an ARN');

/** The environment of every function of this product; the only place that reads `process.env`. */
const environmentSchema = z.object({
  BUCKET_NAME: z.string().min(3),
  ALERTS_TOPIC_ARN: arn,
  REPORTS_TOPIC_ARN: arn,
  /** For Amazon Q Developer in chat applications: mail subscribers would see JSON. */
  CHAT_TOPIC_ARN: arn,
  /** The first-seen clock of nodes and patches, and what was told of findings. */
  LEDGER_TABLE_NAME: z.string().min(3),
  /** Powertools' idempotency records. */
  IDEMPOTENCY_TABLE_NAME: z.string().min(3),
  /** Where events go that cannot be understood, with their reason. */
  FINDINGS_DEAD_LETTER_QUEUE_URL: z.url(),
  /** What people start by hand. */
  PATCH_FLEET_ARN: arn,
  /** Name of this project's Command document, the same in every account and Region. */
  HOOK_DOCUMENT_NAME: z.string().min(3),
  /** Where people read what to do about a message. */
  RUNBOOK_URL: z.string().min(1).default('docs/operations.md'),
  /** What the names of this stack's install windows begin with. */
  INSTALL_WINDOW_PREFIX: z.string().min(1).default('fleet-patcher-'),
  /** Calls a second to Systems Manager in one account and Region, of one function instance. AWS publishes no rate. */
  SSM_CALLS_PER_SECOND: z.coerce.number().positive().default(8),
  /** The policies, beside the bundle unless said otherwise. */
  POLICY_FILE: z.string().default('fleet.json'),
  LAMBDA_TASK_ROOT: z.string().default('.'),
  /** Set where an emulator stands in for AWS. */
  AWS_ENDPOINT_URL: z.string().optional(),
});

export interface Config {
  readonly bucket: string;
  readonly alertsTopicArn: string;
  readonly reportsTopicArn: string;
  readonly chatTopicArn: string;
  readonly ledgerTable: string;
  readonly idempotencyTable: string;
  readonly findingsDeadLetterQueueUrl: string;
  readonly patchFleetArn: string;
  readonly hookDocumentName: string;
  readonly runbookUrl: string;
  readonly installWindowPrefix: string;
  readonly ssmCallsPerSecond: number;
  /** The policies as JSON, as `infra/` packages them. */
  readonly policyFile: string;
  readonly hasCustomEndpoint: boolean;
}

/** Throws ConfigurationError that names every missing or malformed variable at once. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    throw new ConfigurationError(
      `the function's environment is refused: ${problemsOf(parsed.error, environment).join('; ')}`,
    );
  }
  return {
    bucket: parsed.data.BUCKET_NAME,
    alertsTopicArn: parsed.data.ALERTS_TOPIC_ARN,
    reportsTopicArn: parsed.data.REPORTS_TOPIC_ARN,
    chatTopicArn: parsed.data.CHAT_TOPIC_ARN,
    ledgerTable: parsed.data.LEDGER_TABLE_NAME,
    idempotencyTable: parsed.data.IDEMPOTENCY_TABLE_NAME,
    findingsDeadLetterQueueUrl: parsed.data.FINDINGS_DEAD_LETTER_QUEUE_URL,
    patchFleetArn: parsed.data.PATCH_FLEET_ARN,
    hookDocumentName: parsed.data.HOOK_DOCUMENT_NAME,
    runbookUrl: parsed.data.RUNBOOK_URL,
    installWindowPrefix: parsed.data.INSTALL_WINDOW_PREFIX,
    ssmCallsPerSecond: parsed.data.SSM_CALLS_PER_SECOND,
    policyFile: resolve(parsed.data.LAMBDA_TASK_ROOT, parsed.data.POLICY_FILE),
    hasCustomEndpoint: parsed.data.AWS_ENDPOINT_URL !== undefined,
  };
}
