/** `npm run --silent spoke -- --stage prd`: the template for accounts and Regions that are patched from a stage's stack. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { namingFor } from './names.ts';
import { loadPolicies } from './policies.ts';
import { composeSpoke } from './spoke.ts';

const { values } = parseArgs({
  options: {
    service: { type: 'string', default: 'fleet-patcher' },
    stage: { type: 'string' },
    'policy-file': { type: 'string', default: join(import.meta.dirname, '..', 'fleet.yml') },
  },
});
const naming = namingFor(values.service, values.stage ?? '');
const { policies } = loadPolicies(values['policy-file']);
process.stdout.write(`${JSON.stringify(composeSpoke(naming, Object.values(policies)), null, 2)}\n`);
