import { readFileSync } from 'node:fs';
import { type Inventory, type InventoryOptions, readInventory } from './inventory.ts';

/**
 * Reads one or two inventory files in either order: which is which is told by what they hold.
 * Throws an Error that names the file and all that is wrong in it.
 */
export function readFleet(
  files: readonly string[],
  options: Omit<InventoryOptions, 'instanceInformation' | 'instances'>,
): Inventory {
  const [first = '', second] = files;
  if (second === undefined) return readInventory({ ...options, instanceInformation: first });
  const [instanceInformation, instances] = holdsReservations(first) ? [second, first] : [first, second];
  return readInventory({ ...options, instanceInformation, instances });
}

function holdsReservations(file: string): boolean {
  return /^\s*\{\s*"Reservations"/.test(readFileSync(file, 'utf8'));
}
