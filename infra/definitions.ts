import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionDefinition, functions } from './functions.ts';

const directory = join(import.meta.dirname, '..', 'state-machines');
const ending = '.asl.json';

/** A state machine of the stack: its definition's own text, and the functions that it names by their substitutions. */
export interface StateMachineDefinition {
  readonly name: string;
  readonly text: string;
  readonly called: readonly FunctionDefinition[];
}

/** Every definition of `state-machines/`, by the name of its file: `patch-fleet`, `watch-sla`. */
export const definitions: readonly StateMachineDefinition[] = readdirSync(directory)
  .filter((file) => file.endsWith(ending))
  .toSorted()
  .map((file) => {
    const text = readFileSync(join(directory, file), 'utf8');
    return {
      name: file.slice(0, -ending.length),
      text,
      called: functions.filter(({ substitution }) => text.includes(`\${${substitution}}`)),
    };
  });
