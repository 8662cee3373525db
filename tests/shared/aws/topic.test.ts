import { closeAccounts, startAccount } from '../../support/embedded-account.ts';
import { config } from '../../support/handler-dependencies.ts';

afterEach(closeAccounts);

describe('publish', () => {
  test('[F37] sends subject, text and attributes for filter policies', async () => {
    const { aws, dependencies } = await startAccount({ nodes: [] });

    await dependencies.publish(config.alertsTopicArn, {
      subject: '[fleet-patcher] Halted prd-web Install',
      text: 'パッチ適用を中断しました。',
      attributes: { severity: 'critical', policy: 'prd-web' },
    });

    expect(aws.published).toMatchObject([
      {
        topicArn: config.alertsTopicArn,
        subject: '[fleet-patcher] Halted prd-web Install',
        message: 'パッチ適用を中断しました。',
      },
    ]);
    expect(JSON.stringify(aws.published[0]?.attributes)).toContain('critical');
  });

  test('lets the error of a topic that is not there through', async () => {
    const { dependencies } = await startAccount({ nodes: [] });
    const message = { subject: 's', text: 't', attributes: {} };

    const act = dependencies.publish(`${config.alertsTopicArn}-gone`, message);

    await expect(act).rejects.toMatchObject({ name: expect.stringMatching(/^NotFound/) });
  });
});
