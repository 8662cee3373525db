import { patchAt } from './agent-inventory.ts';
import type { FleetNode } from './node.ts';

/**
 * What AWS-RunPatchBaseline prints: one line a patch, far more than any listing shows. Nothing to be parsed. Of a text
 * that is longer, so many characters at the least.
 */
export function patchOutput(node: FleetNode, operation: 'Scan' | 'Install', characters: number): string {
  const count = node.fate.installedPatches + node.fate.missingPatches;
  let text = `INFO: Running with operation ${operation} on ${node.platformName} ${node.platformVersion}\n`;
  for (let index = 0; index < count && text.length < characters; index += 1) {
    const { title, classification, severity } = patchAt(node, index);
    text += `INFO: ${title} classification=${classification} severity=${severity}\n`;
  }
  return text;
}
