import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const directory = join(import.meta.dirname, '..', '..', 'state-machines');

const handling = { ErrorEquals: z.array(z.string()) };

const retrierSchema = z.looseObject({
  ...handling,
  MaxAttempts: z.number().optional(),
  IntervalSeconds: z.number().optional(),
  BackoffRate: z.number().optional(),
  JitterStrategy: z.string().optional(),
});
export type Retrier = z.infer<typeof retrierSchema>;

const stateSchema = z.looseObject({
  Type: z.string(),
  Comment: z.string().optional(),
  Next: z.string().optional(),
  End: z.boolean().optional(),
  Default: z.string().optional(),
  Choices: z.array(z.looseObject({ Next: z.string() })).default([]),
  Resource: z.string().optional(),
  Parameters: z.looseObject({ FunctionName: z.string().optional() }).optional(),
  TimeoutSeconds: z.number().optional(),
  Retry: z.array(retrierSchema).default([]),
  Catch: z.array(z.looseObject({ ...handling, Next: z.string() })).default([]),
  Error: z.string().optional(),
  Cause: z.string().optional(),
  ToleratedFailurePercentage: z.number().optional(),
  ItemProcessor: z
    .looseObject({
      ProcessorConfig: z.looseObject({ Mode: z.string(), ExecutionType: z.string().optional() }),
    })
    .optional(),
});
export type State = z.infer<typeof stateSchema>;

const machineSchema = z.looseObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  TimeoutSeconds: z.number().optional(),
  States: z.record(z.string(), stateSchema),
});
export type Machine = z.infer<typeof machineSchema>;

/** A state with its name and the machine that it is in: targets are looked for in no other. */
export interface NamedState {
  readonly name: string;
  readonly state: State;
  readonly machine: Machine;
}

/** The names of all definitions. */
export const definitionNames: readonly string[] = readdirSync(directory).flatMap(
  (file) => /^(.+)\.asl\.json$/.exec(file)?.[1] ?? [],
);

/** A definition as it is deployed, its text and its scopes: the execution's own machine first, then each Map's. */
export function readDefinition(name: string): {
  readonly text: string;
  readonly machines: readonly Machine[];
} {
  const text = readFileSync(join(directory, `${name}.asl.json`), 'utf8');
  return { text, machines: machinesIn(machineSchema.parse(JSON.parse(text))) };
}

function machinesIn(machine: Machine): Machine[] {
  const inner = Object.values(machine.States).flatMap(({ ItemProcessor }) =>
    ItemProcessor ? machinesIn(machineSchema.parse(ItemProcessor)) : [],
  );
  return [machine, ...inner];
}

/** All states of all scopes. */
export function statesOf(machines: readonly Machine[]): NamedState[] {
  return machines.flatMap((machine) =>
    Object.entries(machine.States).map(([name, state]) => ({ name, state, machine })),
  );
}

/** Where a state can lead to. */
export function targetsOf({ Next, Default, Choices, Catch }: State): string[] {
  const named = [Next, Default].filter((target) => target !== undefined);
  return [...named, ...Choices.map((rule) => rule.Next), ...Catch.map((catcher) => catcher.Next)];
}
