import * as z from 'zod';

const text = (min: number, max: number) => z.string().min(min).max(max);
const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const instanceId = z.string().regex(/^(i-(\w{8}|\w{17})|mi-\w{17})$/);
const commandId = z.string().length(36);
const instanceIds = z.array(instanceId).max(50).refine(isWithoutRepeats, 'an id is there twice');
const token = z.string().min(1).optional();
const commandFilters = z
  .array(
    z.strictObject({
      key: z.enum(['InvokedAfter', 'InvokedBefore', 'Status', 'ExecutionStage', 'DocumentName']),
      value: text(1, 128),
    }),
  )
  .min(1)
  .max(5);
const roleArn = z.string().regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/);

/** A number in a form: EC2 and STS take text. */
const digits = (min: number, max: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(whole(min, max));

/**
 * The limits of exactly the operations that are called: required members, patterns, sizes, ranges. Unknown members
 * are refused. Source: the API reference of each service, page of the operation; EC2's and SNS's also by their
 * pages "DescribeInstances" and "Publish".
 */
export const operationLimits = {
  'ssm:SendCommand': z.strictObject({
    DocumentName: z.string().regex(/^[a-zA-Z0-9_\-.:/]{3,128}$/),
    InstanceIds: instanceIds.min(1),
    Parameters: z.record(z.string(), z.array(z.string())),
    Comment: text(0, 100),
    TimeoutSeconds: whole(30, 2_592_000),
    MaxConcurrency: text(1, 7).regex(/^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/),
    MaxErrors: text(1, 7).regex(/^([1-9][0-9]*|0|[1-9][0-9]%|[0-9]%|100%)$/),
    OutputS3BucketName: text(3, 63),
    OutputS3KeyPrefix: text(0, 500),
  }),
  'ssm:ListCommands': z.strictObject({
    Filters: commandFilters,
    MaxResults: whole(1, 50),
    NextToken: token,
  }),
  'ssm:ListCommandInvocations': z.strictObject({
    CommandId: commandId.optional(),
    Filters: commandFilters.optional(),
    Details: z.boolean(),
    MaxResults: whole(1, 50),
    NextToken: token,
  }),
  'ssm:CancelCommand': z.strictObject({ CommandId: commandId, InstanceIds: instanceIds.min(1) }),
  'ssm:DescribeInstanceInformation': z.strictObject({
    // A tag filter stands alone, and the id filter takes a hundred values.
    Filters: z
      .array(z.strictObject({ Key: text(1, 500), Values: z.array(text(1, 500)).min(1).max(100) }))
      .length(1),
    MaxResults: whole(5, 50),
    NextToken: token,
  }),
  'ssm:DescribeInstancePatchStates': z.strictObject({
    InstanceIds: instanceIds.min(1),
    MaxResults: whole(10, 100),
    NextToken: token,
  }),
  'ssm:GetMaintenanceWindow': z.strictObject({ WindowId: z.string().regex(/^mw-[0-9a-f]{17}$/) }),
  'ssm:GetMaintenanceWindowExecution': z.strictObject({
    WindowExecutionId: z.string().regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/),
  }),
  'ec2:DescribeInstances': z.strictObject({
    Action: z.literal('DescribeInstances'),
    Version: z.string(),
    MaxResults: digits(5, 1000),
    NextToken: token,
    Filter: z
      .array(z.strictObject({ Name: text(1, 255), Value: z.array(z.string()).min(1).max(200) }))
      .max(200),
  }),
  'sts:AssumeRole': z.strictObject({
    Action: z.literal('AssumeRole'),
    Version: z.string(),
    RoleArn: roleArn,
    RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/),
    ExternalId: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/),
    DurationSeconds: digits(900, 43_200),
  }),
  'sns:Publish': z.strictObject({
    Action: z.literal('Publish'),
    Version: z.string(),
    TopicArn: z.string().regex(/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/),
    Subject: z.string().regex(/^[\x21-\x7e][\x20-\x7e]{0,98}$/),
    Message: z
      .string()
      .min(1)
      .refine((message) => Buffer.byteLength(message) <= 262_144, 'more than 262,144 bytes'),
    MessageAttributes: z.strictObject({
      entry: z
        .array(
          z.strictObject({
            Name: z.string().regex(/^(?!\.)[\w.-]{1,256}(?<!\.)$/),
            Value: z.strictObject({ DataType: z.literal('String'), StringValue: z.string().min(1) }),
          }),
        )
        .min(1)
        .max(10),
    }),
  }),
  's3:PutObject': z.strictObject({ Bucket: text(3, 63), Key: text(1, 1024) }),
  's3:GetObject': z.strictObject({ Bucket: text(3, 63), Key: text(1, 1024) }),
  's3:ListObjectsV2': z.strictObject({
    Bucket: text(3, 63),
    Prefix: text(1, 1024),
    ContinuationToken: token,
  }),
} as const satisfies Record<string, z.ZodType>;

/** The same for what check-windows calls, which is in no run. */
export const windowCheckLimits = {
  'ssm:DescribeMaintenanceWindows': z.strictObject({ MaxResults: whole(10, 100), NextToken: token }),
  'ssm:DescribeMaintenanceWindowExecutions': z.strictObject({
    WindowId: z.string().regex(/^mw-[0-9a-f]{17}$/),
    Filters: z
      .array(
        z.strictObject({
          Key: z.enum(['ExecutedBefore', 'ExecutedAfter']),
          Values: z.array(z.iso.datetime({ precision: 0 })).length(1),
        }),
      )
      .max(5),
    MaxResults: whole(10, 100),
  }),
  'ssm:DescribeMaintenanceWindowExecutionTasks': z.strictObject({
    WindowExecutionId: z.uuid(),
    MaxResults: whole(10, 100),
  }),
} as const satisfies Record<string, z.ZodType>;

/** The same for what the clock reads of patches. */
export const ledgerLimits = {
  'ssm:DescribeInstancePatches': z.strictObject({
    InstanceId: instanceId,
    MaxResults: whole(10, 100),
    NextToken: token,
  }),
  'ssm:GetPatchBaselineForPatchGroup': z.strictObject({
    PatchGroup: z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u),
    OperatingSystem: z.string().regex(/^[A-Z0-9_]+$/),
  }),
} as const satisfies Record<string, z.ZodType>;

const findingIdentifier = z.strictObject({ Id: text(1, 512), ProductArn: text(12, 2048) });
const equalTo = (values: number) =>
  z
    .array(z.strictObject({ Value: text(1, 1024), Comparison: z.literal('EQUALS') }))
    .min(1)
    .max(values);

/** The same for what is done about findings. Source: Security Hub's and SQS's API references. */
export const findingsLimits = {
  'securityhub:BatchUpdateFindings': z.strictObject({
    FindingIdentifiers: z
      .array(findingIdentifier)
      .min(1)
      .max(100)
      .refine(
        (all) => isWithoutRepeats(all.map((each) => `${each.ProductArn} ${each.Id}`)),
        'a finding is there twice',
      ),
    Workflow: z.strictObject({ Status: z.enum(['NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED']) }),
    Note: z.strictObject({ Text: z.string().regex(/^[\x20-\x7e]{1,512}$/), UpdatedBy: text(1, 512) }),
  }),
  'securityhub:GetFindings': z.strictObject({
    Filters: z.strictObject({
      ProductName: equalTo(20),
      ResourceId: equalTo(20),
      WorkflowStatus: equalTo(20),
      RecordState: equalTo(20),
    }),
    MaxResults: whole(1, 100),
    NextToken: token,
  }),
  'sqs:SendMessageBatch': z.strictObject({
    QueueUrl: z.url(),
    Entries: z
      .array(
        z.strictObject({
          Id: z.string().regex(/^[\w-]{1,80}$/),
          MessageBody: text(1, 262_144),
          MessageAttributes: z.record(
            z.string().regex(/^(?!\.)[\w.-]{1,256}(?<!\.)$/),
            z.strictObject({ DataType: z.literal('String'), StringValue: text(1, 262_144) }),
          ),
        }),
      )
      .min(1)
      .max(10)
      .refine((all) => isWithoutRepeats(all.map((each) => each.Id)), 'an id is there twice')
      .refine((all) => bytesOf(all) <= 262_144, 'more than 262,144 bytes'),
  }),
} as const satisfies Record<string, z.ZodType>;

/** Bodies and attributes: names, types and values. */
function bytesOf(
  entries: readonly {
    readonly MessageBody: string;
    readonly MessageAttributes: Readonly<
      Record<string, { readonly DataType: string; readonly StringValue: string }>
    >;
  }[],
): number {
  const texts = entries.flatMap(({ MessageBody, MessageAttributes }) => [
    MessageBody,
    ...Object.entries(MessageAttributes).flatMap(([name, { DataType, StringValue }]) => [
      name,
      DataType,
      StringValue,
    ]),
  ]);
  return texts.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
}

function isWithoutRepeats(items: readonly unknown[]): boolean {
  return new Set(items).size === items.length;
}

/** Of a request that breaks a limit: what, where. Empty for one that keeps all; names an operation without a table. */
export function brokenLimits(operation: string, input: unknown): string[] {
  const table = new Map<string, z.ZodType>(
    Object.entries({ ...operationLimits, ...windowCheckLimits, ...ledgerLimits, ...findingsLimits }),
  );
  const limits = table.get(operation);
  if (!limits) return [`${operation} is not in the table`];
  const { error } = limits.safeParse(input);
  return (error?.issues ?? []).map((issue) => `${operation} ${issue.path.join('.')}: ${issue.message}`);
}
