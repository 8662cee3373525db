import { unscopableActions } from '../../infra/iam/policy.ts';
import { namingFor } from '../../infra/names.ts';
import { loadPolicies } from '../../infra/policies.ts';
import { hookDocumentResources } from '../../infra/resources/hook-document.ts';
import { composeSpoke } from '../../infra/spoke.ts';
import { policyFileOf, stackOf } from './stack.ts';

const naming = namingFor('fleet-patcher', 'prd');
const spokeScope = {
  accountId: '444455556666',
  region: 'us-east-1',
  roleArn: 'arn:aws:iam::444455556666:role/fleet-patcher-prd-spoke',
  externalId: 'fleet-patcher',
};
const policies = { web: { scopes: [spokeScope] }, db: {} };
const spoke = composeSpoke(naming, Object.values(loadPolicies(policyFileOf(policies)).policies));
const textOf = (value: unknown) => JSON.stringify(value);

describe('the template for a spoke account', () => {
  test('has the hook document under the name that the functions of the stage send', () => {
    expect(spoke.Resources['HookDocument']).toEqual(hookDocumentResources(naming)['HookDocument']);
    expect(textOf(stackOf(policies).resources.Resources['HookDocument'])).toBe(
      textOf(spoke.Resources['HookDocument']),
    );
  });

  test("is entered by the stack's own roles alone, with the external id", () => {
    const trust = textOf(spoke.Resources['SpokeRole']?.Properties['AssumeRolePolicyDocument']);

    expect(trust).toContain('"sts:ExternalId":{"Ref":"ExternalId"}');
    expect(trust).toContain('HubAccountId}:role/fleet-patcher-prd-*');
  });

  test('sends two documents to nodes with the tag of a policy, and nothing else', () => {
    const [own] = Object(spoke.Resources['SpokeRole']?.Properties['Policies']);
    const statements: { Action: string[]; Resource: unknown; Condition?: unknown }[] =
      own.PolicyDocument.Statement;
    const sending = statements.filter(({ Action }) => Action.includes('ssm:SendCommand'));

    expect(sending.map(({ Condition }) => Condition)).toEqual([
      undefined,
      { StringEquals: { 'ssm:resourceTag/PatchGroup': ['db', 'web'] } },
      { StringEquals: { 'ssm:resourceTag/Patch Group': ['db', 'web'] } },
    ]);
    expect(textOf(sending[0]?.Resource)).toContain('document/fleet-patcher-prd-run-hooks');
    expect(textOf(sending[0]?.Resource)).not.toContain('/*');
    const unbound = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(unbound.filter((action) => !unscopableActions.includes(action))).toEqual([]);
  });

  test('leaves the role out in further Regions of an account', () => {
    expect(spoke.Resources['SpokeRole']?.Condition).toBe('HasRole');
    expect(spoke.Resources['HookDocument']?.Condition).toBeUndefined();
  });
});

describe("the stack's bucket", () => {
  test('takes the logs of nodes in the accounts of spokes, and of nobody else', () => {
    const statementsOf = (contents: Parameters<typeof stackOf>[0]) =>
      textOf(stackOf(contents).resources.Resources['RunBucketPolicy']);

    expect(statementsOf(policies)).toContain('iam::444455556666:root');
    expect(statementsOf(policies)).toContain('RunBucket.Arn}/logs/*');
    expect(statementsOf({ web: {} })).not.toContain('SpokeNodes');
  });
});
