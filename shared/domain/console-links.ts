/** What a Region's name looks like: one that comes from outside must not lead to somebody else's host. */
const regionForm = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;

/** The console of a Region, in its partition; undefined for what is no Region. */
function consoleOf(region: string): string | undefined {
  if (!regionForm.test(region)) return undefined;
  if (region.startsWith('cn-')) return `https://${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `https://${region}.console.amazonaws-us-gov.com`;
  return `https://${region}.console.aws.amazon.com`;
}

/** The page of one managed node in Fleet Manager, with its patches. */
export function managedNodePage(region: string, nodeId: string): string | undefined {
  const node = encodeURIComponent(nodeId);
  return page(region, `/systems-manager/fleet-manager/managed-nodes/${node}/general?region=${region}`);
}

export function patchManagerPage(region: string): string | undefined {
  return page(region, `/systems-manager/patch-manager?region=${region}`);
}

/** Security Hub's list, filtered to the findings of Patch Manager. The console wants its filter encoded twice. */
export function patchFindingsPage(region: string): string | undefined {
  const filter = '\\operator\\:EQUALS\\:Systems Manager Patch Manager';
  const search = encodeURIComponent(`ProductName=${encodeURIComponent(filter)}`);
  return page(region, `/securityhub/home?region=${region}#/findings?search=${search}`);
}

function page(region: string, path: string): string | undefined {
  const console = consoleOf(region);
  return console === undefined ? undefined : `${console}${path}`;
}
