import { createHash } from 'node:crypto';
import { z } from 'zod';
import { hubError } from './errors.ts';
import { readFilters } from './filters.ts';
import type { Finding } from './finding.ts';

const inputSchema = z.strictObject({
  Filters: z.unknown().optional(),
  MaxResults: z.number().int().min(1).max(100).default(100),
  NextToken: z.string().optional(),
});

/** GetFindings, in the order of their arrival. A token goes on behind the last finding, whatever changed meanwhile. */
export function getFindings(findings: readonly Finding[], input: unknown, now: number) {
  const { data, error } = inputSchema.safeParse(input);
  if (!data) throw hubError.invalid(`Invalid parameter: ${z.prettifyError(error)}`);
  const isWanted = readFilters(data.Filters, now);
  const query = createHash('sha256')
    .update(JSON.stringify(data.Filters ?? {}))
    .digest('base64url');
  const found: Finding[] = [];
  let index = startOf(data.NextToken, query);
  for (; index < findings.length && found.length < data.MaxResults; index += 1) {
    const finding = findings[index];
    if (finding && isWanted(finding)) found.push(finding);
  }
  const isMore = findings.slice(index).some(isWanted);
  return { Findings: found, ...(isMore ? { NextToken: tokenOf(query, index) } : {}) };
}

function tokenOf(query: string, index: number): string {
  return Buffer.from(`${query} ${index}`).toString('base64');
}

function startOf(token: string | undefined, query: string): number {
  if (token === undefined) return 0;
  const [of, index] = Buffer.from(token, 'base64').toString('utf8').split(' ');
  if (of === query && index !== undefined) return Number(index);
  throw hubError.invalid('Invalid parameter: NextToken is of another request');
}
