import { createHash } from 'node:crypto';

/**
 * Where `serverless package` says that its artifacts will lie in the deployment bucket. The framework takes the
 * present time for it, so that no two packages are the same; here the content takes its place, in the same form: new
 * content is a new place, as CloudFormation needs to see that a function's code is another. `serverless deploy` keeps
 * the time, by which `serverless rollback` finds what was before.
 */
export function artifactDirectoryOf(content: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(content)).digest();
  const milliseconds = digest.readUIntBE(0, 5);
  return `${milliseconds}-${new Date(milliseconds).toISOString()}`;
}
