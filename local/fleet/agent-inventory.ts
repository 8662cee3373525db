import { random } from '../random.ts';
import type { FleetNode } from './node.ts';

/** One patch of a node's list, in Patch Manager's words. */
export interface PatchFact {
  readonly title: string;
  readonly kbId: string;
  readonly classification: string;
  readonly severity: string;
  readonly cveIds: string;
  /** Days before now that a patch of old was installed. */
  readonly ageDays: number;
}

const packages = [
  'kernel',
  'openssl',
  'glibc',
  'systemd',
  'curl',
  'python3',
  'bind-libs',
  'sudo',
  'openssh',
  'zlib',
];

/** A list is asked for page by page and scan after scan, and drawing its patches is what costs. */
const drawn = new Map<FleetNode, Map<number, PatchFact>>();
/** Of so many nodes the patches are kept, some 70 KB each: a fleet may be 100,000. The oldest are drawn again. */
const keptNodes = 2000;

/** The node's patch at an index: a function of node and index alone, so a list keeps its patches as states change. */
export function patchAt(node: FleetNode, index: number): PatchFact {
  const facts = drawn.get(node) ?? keep(node);
  const fact = facts.get(index) ?? drawPatch(node, index);
  facts.set(index, fact);
  return fact;
}

function keep(node: FleetNode): Map<number, PatchFact> {
  const [oldest] = drawn.keys();
  if (oldest && drawn.size >= keptNodes) drawn.delete(oldest);
  const facts = new Map<number, PatchFact>();
  drawn.set(node, facts);
  return facts;
}

function drawPatch(node: FleetNode, index: number): PatchFact {
  const draw = random(node.nodeId, 'patch', index);
  const isSecurity = draw.chance(0.8);
  const cveIds = isSecurity ? `CVE-2026-${10000 + draw.integer(80000)}` : '';
  const ageDays = 20 + draw.integer(400);
  if (node.platformType === 'Windows') {
    const kbId = `KB${5000000 + index * 37 + draw.integer(37)}`;
    return {
      title: `2026-${10 + draw.integer(2)} Update for ${node.platformName} (${kbId})`,
      kbId,
      classification: isSecurity ? 'SecurityUpdates' : 'Updates',
      severity: isSecurity ? draw.pick(['Critical', 'Important', 'Moderate']) : 'Unspecified',
      cveIds,
      ageDays,
    };
  }
  const name = `${draw.pick(packages)}-${index}`;
  return {
    title: `${name}.x86_64:0:${1 + draw.integer(9)}.${draw.integer(30)}-${1 + draw.integer(600)}`,
    kbId: `${name}.x86_64`,
    classification: isSecurity ? 'Security' : 'Bugfix',
    severity: isSecurity ? draw.pick(['Critical', 'Important', 'Medium', 'Low']) : 'Not Assigned',
    cveIds,
    ageDays,
  };
}
