import { AwsError } from '../service.ts';

/** EC2's errors, in its words (EC2 API Reference, "Error codes"). */
export const ec2Error = {
  invalidParameterValue: (message: string): AwsError => new AwsError('InvalidParameterValue', message),
  combination: (): AwsError =>
    new AwsError(
      'InvalidParameterCombination',
      'The parameter instancesSet cannot be used with the parameter maxResults',
    ),
  notFound: (ids: readonly string[]): AwsError =>
    new AwsError('InvalidInstanceID.NotFound', `The instance IDs '${ids.join(', ')}' do not exist`),
  malformed: (id: string): AwsError => new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`),
};
