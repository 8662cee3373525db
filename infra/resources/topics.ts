import { createHash } from 'node:crypto';
import { arnOf, localArn, type Resource, type Resources, ref, sub } from '../cloudformation.ts';
import type { Naming } from '../names.ts';
import type { Parameters } from '../parameters.ts';

/**
 * Logical ids: `AlertsTopic` for what needs a hand, `ReportsTopic` for what went well, `ChatTopic` for both, where a
 * policy wants it. Its messages are JSON for Amazon Q Developer in chat applications: no mail address subscribes to it.
 */
export const topicIds = ['AlertsTopic', 'ReportsTopic', 'ChatTopic'] as const;

/** The topics, their key, and the mail addresses that subscribe to them. */
export function topicResources(naming: Naming, parameters: Parameters): Resources {
  return {
    TopicKey: topicKey(naming),
    AlertsTopic: topic(`${naming.prefix}-alerts`),
    ReportsTopic: topic(`${naming.prefix}-reports`),
    ChatTopic: topic(`${naming.prefix}-chat`),
    AlertsTopicPolicy: alertsPolicy(naming),
    ...subscriptions('AlertsTopic', parameters.alertMails),
    ...subscriptions('ReportsTopic', parameters.reportMails),
  };
}

function topic(name: string): Resource {
  return { Type: 'AWS::SNS::Topic', Properties: { TopicName: name, KmsMasterKeyId: arnOf('TopicKey') } };
}

/** A key of our own: CloudWatch may not use SNS's, and its alarms would not arrive, with nothing to show for it. */
function topicKey(naming: Naming): Resource {
  return {
    Type: 'AWS::KMS::Key',
    Properties: {
      Description: `${naming.prefix}: messages at rest`,
      EnableKeyRotation: true,
      KeyPolicy: {
        Version: '2012-10-17',
        // In a key's own policy "*" is this key.
        Statement: [
          {
            Sid: 'AccountDecides',
            Effect: 'Allow',
            Principal: { AWS: sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root`) },
            Action: 'kms:*',
            Resource: '*',
          },
          {
            Sid: 'AlarmsPublish',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Resource: '*',
            Condition: fromAlarms(naming),
          },
        ],
      },
    },
  };
}

function alertsPolicy(naming: Naming): Resource {
  return {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [ref('AlertsTopic')],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'AlarmsPublish',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: ref('AlertsTopic'),
            Condition: fromAlarms(naming),
          },
        ],
      },
    },
  };
}

function fromAlarms(naming: Naming): Resource['Properties'] {
  return {
    ArnLike: { 'aws:SourceArn': localArn('cloudwatch', `alarm:${naming.prefix}-*`) },
    StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
  };
}

function subscriptions(topicId: (typeof topicIds)[number], mails: readonly string[]): Resources {
  return Object.fromEntries(
    mails.map((mail) => [
      // By the address: whoever leaves the list takes nobody else's confirmed subscription along.
      `${topicId}Mail${createHash('sha256').update(mail).digest('hex').slice(0, 8)}`,
      {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: ref(topicId),
          Protocol: 'email',
          Endpoint: mail,
          RedrivePolicy: { deadLetterTargetArn: arnOf('MessageDeadLetters') },
        },
      },
    ]),
  );
}
