/** Of one node: its id, filled up to the longest that there is, and the end of the line. Source: API SendCommand. */
const bytesOfNode = 'mi-0123456789abcdef0'.length + 1;

/** The nodes of a batch that ended with an error, as a text whose size tells their number. */
export function errorList(nodeIds: readonly string[]): string {
  return nodeIds.map((nodeId) => `${nodeId.padEnd(bytesOfNode - 1)}\n`).join('');
}

/** How many nodes a list of so many bytes holds. */
export function errorsIn(bytes: number): number {
  return Math.ceil(bytes / bytesOfNode);
}
