/** How this product names what the stack holds. `prefix` is unique in an account and Region for a stage. */
export interface Naming {
  readonly service: string;
  readonly stage: string;
  readonly prefix: string;
}

/** Throws RangeError for a stage that would not fit into the names of the resources. */
export function namingFor(service: string, stage: string): Naming {
  if (!/^[a-z][a-z0-9-]{0,15}$/.test(stage)) {
    throw new RangeError(
      `stage: ${JSON.stringify(stage)} is refused; allowed: 1 to 16 of a-z, 0-9 and "-", a letter first`,
    );
  }
  return { service, stage, prefix: `${service}-${stage}` };
}

export const functionNameOf = (naming: Naming, name: string): string => `${naming.prefix}-${name}`;
export const stateMachineNameOf = (naming: Naming, name: string): string => `${naming.prefix}-${name}`;
/** Named, because the role by which it starts the state machine trusts this rule alone. */
export const watchSlaRuleNameOf = (naming: Naming): string => `${naming.prefix}-watch-sla`;
export const hookDocumentNameOf = (naming: Naming): string => `${naming.prefix}-run-hooks`;

/** The tag that all windows of a stage carry; a role's permission to look at windows is bound to it. */
export const stackTagKey = 'fleet-patcher';

/** `resolve-targets` as `resolveTargets`, the key of a function in the framework's configuration. */
export function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}

/** `resolve-targets` as `ResolveTargets`, from which logical ids are made. */
export function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.slice(0, 1).toUpperCase() + camel.slice(1);
}

/** The logical id that the framework gives to a function. */
export const functionIdOf = (name: string): string => `${pascalCase(name)}LambdaFunction`;
/** The role of a function, or of a state machine: no two of them share a name. */
export const roleIdOf = (name: string): string => `${pascalCase(name)}Role`;
export const stateMachineIdOf = (name: string): string => `${pascalCase(name)}StateMachine`;
