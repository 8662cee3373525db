/** A value as CloudFormation takes it: JSON, with intrinsic functions as objects of one key. */
export type Value =
  | string
  | number
  | boolean
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

export interface Resource {
  readonly Type: string;
  readonly Properties: { readonly [name: string]: Value | undefined };
  readonly Condition?: string;
  readonly DeletionPolicy?: 'Retain';
  readonly UpdateReplacePolicy?: 'Retain';
  readonly DependsOn?: readonly string[];
}

/** Resources by their logical id. */
export type Resources = { readonly [logicalId: string]: Resource };

export const ref = (logicalId: string): Value => ({ Ref: logicalId });
export const arnOf = (logicalId: string): Value => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** Text with `${...}` of logical ids and pseudo parameters. */
export const sub = (text: string): Value => ({ 'Fn::Sub': text });

/** An ARN of this account and Region; `rest` is what follows the account. */
export const localArn = (service: string, rest: string): Value =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`);

/** A logical id has letters and digits only; upper case occurs in no name, so two names never meet. */
export function logicalName(name: string): string {
  return name.replaceAll('-', 'Dash');
}
