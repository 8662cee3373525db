import { AwsError } from '../../local/aws/service.ts';
import { nodes } from '../local/aws/ssm/account-under-test.ts';
import { closeAccounts, startAccount } from '../support/embedded-account.ts';
import { cancelCommand } from '../../shared/aws/run-command.ts';
afterEach(closeAccounts);
test('smoke', async () => {
  const account = await startAccount({ nodes: nodes(1) });
  account.override('CancelCommand', () => { throw new AwsError('AccessDeniedException', 'no'); });
  const error = await cancelCommand(account.ssm, { commandId: '01234567-89ab-4cde-8f01-23456789abcd', nodeIds: ['i-00000000000000000'] }).catch((e) => e);
  console.log(error, Object.entries(error), account.counted, Date.now()-account.clock.now());
  const t = Date.now();
  const error2 = await cancelCommand(account.ssm, { commandId: '01234567-89ab-4cde-8f01-23456789abcd', nodeIds: ['i-00000000000000000'] }).catch((e) => e);
  console.log(Date.now()-t, error2.$metadata);
});
