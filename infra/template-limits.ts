import type { Resources } from './cloudformation.ts';

/** Source: CloudFormation user guide, "Understand CloudFormation quotas". */
const resourcesAtMost = 500;
const templateBytesAtMost = 1_000_000;
/** All inline policies of a role together, without blanks. Source: IAM user guide, "IAM and AWS STS quotas". */
const inlinePolicyCharacters = 10_240;

/** What the framework adds: its own bucket and the bucket's policy; a function and a log group for each of ours. */
const ofFramework = (functionCount: number) => 2 + 2 * functionCount;
/** A function with its environment, and its log group, as the framework writes them. */
const bytesOfFunction = 2_500;

/** Why the resources do not fit into one template, with the arithmetic; empty if they do. */
export function templateProblems(resources: Resources, functionCount: number): string[] {
  return [
    ...resourceProblems(resources, functionCount),
    ...sizeProblems(resources, functionCount),
    ...policyProblems(resources),
  ];
}

const split =
  'Split the policies into two files, and deploy each as a service of its own with --param="policyFile=..." and another stage';

function resourceProblems(resources: Resources, functionCount: number): string[] {
  const own = Object.keys(resources).length;
  const total = own + ofFramework(functionCount);
  if (total <= resourcesAtMost) return [];
  const perPolicy = Object.values(resources).filter((each) => each.Type.startsWith('AWS::SSM::')).length;
  return [
    `resources: ${perPolicy} of Systems Manager + ${own - perPolicy} shared + ${ofFramework(functionCount)} of the framework = ${total}; a template holds ${resourcesAtMost}. ${split}`,
  ];
}

function sizeProblems(resources: Resources, functionCount: number): string[] {
  // The framework writes the template with two blanks an indentation, deployed without them; the greater counts.
  const bytes = Buffer.byteLength(JSON.stringify(resources, null, 2)) + functionCount * bytesOfFunction;
  if (bytes <= templateBytesAtMost) return [];
  return [`template: about ${bytes} bytes; CloudFormation takes ${templateBytesAtMost}. ${split}`];
}

function policyProblems(resources: Resources): string[] {
  return Object.entries(resources)
    .filter(([, resource]) => resource.Type === 'AWS::IAM::Role')
    .map(([id, resource]) => ({
      id,
      characters: JSON.stringify(resource.Properties['Policies']).replaceAll(/\s/g, '').length,
    }))
    .filter(({ characters }) => characters > inlinePolicyCharacters)
    .map(
      ({ id, characters }) =>
        `role ${id}: its policy names the patch groups of all policies and has ${characters} characters; IAM takes ${inlinePolicyCharacters}. ${split}`,
    );
}
