/**
 * Hands the stack to the framework, which loads no TypeScript by itself; Node.js 24 does.
 * In what comes from here nothing is a variable of the framework, so that `${...}` of shell scripts stays what it is.
 */
module.exports = async ({ resolveVariable }) => {
  const { composeStack } = await import('./stack.ts');
  const { parameterNames } = await import('./parameters.ts');
  const parameters = Object.fromEntries(
    await Promise.all(parameterNames.map(async (name) => [name, await resolveVariable(`param:${name}`)])),
  );
  const stage = await resolveVariable('sls:stage');
  const service = await resolveVariable('self:service');
  try {
    return withoutVariables(composeStack({ service, stage, parameters }));
  } catch (error) {
    // The framework shows the stack where there is one; what was refused is in the message.
    error.stack = error.message;
    throw error;
  }
};

function withoutVariables(value) {
  if (typeof value === 'string') {
    return value.replaceAll(/(\\*)\$\{/g, (_whole, slashes) => `${slashes}${slashes}\\\${`);
  }
  if (Array.isArray(value)) return value.map(withoutVariables);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutVariables(each)]));
}
