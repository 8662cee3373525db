import { patchAt } from './agent-inventory.ts';
import type { FleetNode } from './node.ts';

/** What AWS-RunPatchBaseline prints: one line a patch, far more than any listing shows. Nothing to be parsed. */
export function patchOutput(node: FleetNode, operation: 'Scan' | 'Install'): string {
  const count = node.fate.installedPatches + node.fate.missingPatches;
  const patches = Array.from({ length: count }, (_, index) => patchAt(node, index));
  const lines = patches.map(
    ({ title, classification, severity }) =>
      `INFO: ${title} classification=${classification} severity=${severity}`,
  );
  return `INFO: Running with operation ${operation} on ${node.platformName} ${node.platformVersion}\n${lines.join('\n')}\n`;
}
