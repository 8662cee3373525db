import {
  type CommandInvocation,
  ListCommandInvocationsCommand,
  type ListCommandInvocationsCommandInput,
} from '@aws-sdk/client-ssm';
import { momentOf } from '../domain/moment.ts';
import { rowsOf, textOf } from './answers.ts';
import { wholeSeconds } from './filter-time.ts';
import { makePageLimit } from './page-limit.ts';
import type { Ssm } from './ssm-clients.ts';

const listing = 'ssm:ListCommandInvocations';

/** One node's answer to a command. */
export interface Invocation {
  readonly commandId: string;
  readonly nodeId: string;
  readonly statusDetails: string;
  /** When the node finished, in ms; null where SSM does not say. */
  readonly endedAt: number | null;
  /** The beginning of what the node wrote. For people, never for decisions. */
  readonly output: string;
}

/** Invocations, and whether they are all that SSM had to the question. */
export interface Listed {
  readonly invocations: readonly Invocation[];
  readonly isWhole: boolean;
}

/**
 * All answers to one command. An empty list is "not yet", never "done": SSM shows a command only after a while, and
 * may not know its id until then.
 * Source: API ListCommandInvocations.
 */
export async function listInvocations(ssm: Ssm, commandId: string): Promise<readonly Invocation[]> {
  try {
    return (await listPages(ssm, { CommandId: commandId }, Number.POSITIVE_INFINITY)).invocations;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidCommandId') throw error;
    return [];
  }
}

/**
 * The answers to every command of the account and Region that was invoked after a time (ms), whoever sent it: one page
 * for fifty answers, however many commands they belong to. Stops after so many pages.
 * Source: API ListCommandInvocations, CommandFilter.
 */
export async function listRecentInvocations(
  ssm: Ssm,
  query: { readonly invokedAfter: number; readonly pagesAtMost: number },
): Promise<Listed> {
  const Filters = [{ key: 'InvokedAfter' as const, value: wholeSeconds(query.invokedAfter) }];
  return listPages(ssm, { Filters }, query.pagesAtMost);
}

async function listPages(
  ssm: Ssm,
  query: Pick<ListCommandInvocationsCommandInput, 'CommandId' | 'Filters'>,
  pagesAtMost: number,
): Promise<Listed> {
  const invocations: Invocation[] = [];
  const countPage = makePageLimit(listing);
  let token: string | undefined;
  let pages = 0;
  do {
    await ssm.pace();
    const page = await ssm.client.send(
      new ListCommandInvocationsCommand({ ...query, Details: true, MaxResults: 50, NextToken: token }),
    );
    invocations.push(...rowsOf(listing, page.CommandInvocations).flatMap((each) => invocationOf(each) ?? []));
    token = page.NextToken || undefined;
    countPage(token);
    pages += 1;
  } while (token && pages < pagesAtMost);
  return { invocations, isWhole: token === undefined };
}

function invocationOf(invocation: CommandInvocation): Invocation | undefined {
  const nodeId = textOf(invocation.InstanceId);
  if (!nodeId) return undefined;
  const plugins = rowsOf('CommandPlugins', invocation.CommandPlugins);
  const ends = plugins.flatMap((plugin) => momentOf(plugin.ResponseFinishDateTime) ?? []);
  const telling = plugins.find((plugin) => plugin.Status !== 'Success') ?? plugins.at(-1);
  return {
    commandId: textOf(invocation.CommandId) ?? '',
    nodeId,
    statusDetails: textOf(invocation.StatusDetails) || textOf(invocation.Status) || 'Pending',
    endedAt: ends.length > 0 ? Math.max(...ends) : null,
    output: textOf(telling?.Output) ?? '',
  };
}
