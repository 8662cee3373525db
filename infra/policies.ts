import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { PolicyFile } from '../shared/domain/policy.ts';
import { readPolicyFile } from '../shared/domain/policy-file.ts';
import { InvalidPolicyError } from '../shared/errors.ts';

/** Reads and checks a policy file. Throws InvalidPolicyError with every problem; one for a file that is not YAML. */
export function loadPolicies(file: string): PolicyFile {
  return readPolicyFile(readYaml(file), file);
}

function readYaml(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidPolicyError(file, [`(file): cannot be read: ${why}`]);
  }
  try {
    return parse(text);
  } catch (error) {
    // Not YAMLParseError alone: of aliases that explode, and of nesting that has no end, the parser dies otherwise.
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new InvalidPolicyError(file, [`(file): is not YAML: ${why}`]);
  }
}
