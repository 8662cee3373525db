import { readConfig } from '../../../shared/lambda/config.ts';

const environment = {
  BUCKET_NAME: 'fleet-patcher',
  ALERTS_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
  REPORTS_TOPIC_ARN: 'arn:aws-cn:sns:cn-north-1:111122223333:reports',
  CHAT_TOPIC_ARN: 'arn:aws-cn:sns:cn-north-1:111122223333:chat',
  PATCH_FLEET_ARN: 'arn:aws-cn:states:cn-north-1:111122223333:stateMachine:patch-fleet',
  LEDGER_TABLE_NAME: 'ledger',
  IDEMPOTENCY_TABLE_NAME: 'idempotency',
  FINDINGS_DEAD_LETTER_QUEUE_URL: 'https://sqs.cn-north-1.amazonaws.com.cn/111122223333/dead',
  HOOK_DOCUMENT_NAME: 'fleet-patcher-hooks',
};

function refusal(given: Readonly<Record<string, string | undefined>>): unknown {
  try {
    return readConfig(given);
  } catch (error) {
    return error;
  }
}

describe('readConfig', () => {
  test('names every missing variable at once', () => {
    const error = refusal({});

    expect(error).toMatchObject({ name: 'ConfigurationError' });
    for (const name of Object.keys(environment)) {
      expect(String(error)).toContain(`${name}: a missing value is refused`);
    }
  });

  test('names every malformed variable with its value and what is allowed', () => {
    const error = refusal({ ...environment, ALERTS_TOPIC_ARN: 'alerts', SSM_CALLS_PER_SECOND: '0' });

    expect(String(error)).toContain('ALERTS_TOPIC_ARN: "alerts" is refused; allowed: an ARN');
    expect(String(error)).toContain('SSM_CALLS_PER_SECOND: "0" is refused');
  });

  test('[F04] paces calls to Systems Manager by a setting, eight a second unless said otherwise', () => {
    expect(readConfig(environment).ssmCallsPerSecond).toBe(8);
    expect(readConfig({ ...environment, SSM_CALLS_PER_SECOND: '2.5' }).ssmCallsPerSecond).toBe(2.5);
  });

  test('looks for the policies beside the bundle', () => {
    expect(readConfig({ ...environment, LAMBDA_TASK_ROOT: '/var/task' }).policyFile).toBe(
      '/var/task/fleet.json',
    );
    expect(
      readConfig({ ...environment, LAMBDA_TASK_ROOT: '/var/task', POLICY_FILE: '/tmp/p.json' }).policyFile,
    ).toBe('/tmp/p.json');
  });

  test('knows where an emulator stands in for AWS', () => {
    expect(readConfig(environment).hasCustomEndpoint).toBe(false);
    expect(readConfig({ ...environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }).hasCustomEndpoint).toBe(
      true,
    );
  });
});
