import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type * as z from 'zod';
import type { CallCounter } from '../aws/client-config.ts';
import { problemsOf } from '../domain/problems.ts';
import type { Usage } from '../domain/usage.ts';
import { InvalidPayloadError } from '../errors.ts';
import { type Dependencies, makeDependencies } from './dependencies.ts';
import { type Log, logMessages } from './log-messages.ts';
import { tracing } from './tracing.ts';
import { makeUsageMeter } from './usage-meter.ts';

/** A handler's own work: parsed input and dependencies in, its output out. */
export type Run<Input, Own, Output> = (input: Input, dependencies: Dependencies & Own) => Promise<Output>;

/**
 * Wraps a `run` into what Lambda calls: Middy, Powertools' logger, metrics and tracer, the input parsed by its schema.
 * Dependencies are made in the first invocation of an environment, so that a wrong configuration is an error that the
 * state machine sees, and not a function that does not load.
 */
export function makeHandler<
  Schema extends z.ZodType,
  Own extends object,
  Output extends { readonly usage: Usage },
>(definition: {
  readonly name: string;
  readonly input: Schema;
  readonly run: Run<z.infer<Schema>, Own, Output>;
  /** Clients that only this function needs, and only its bundle carries. */
  readonly own: (count: CallCounter, dependencies: Dependencies) => Own;
}) {
  const { name, input, run } = definition;
  const logger = new Logger({ serviceName: 'fleet-patcher' });
  const metrics = new Metrics({ namespace: 'FleetPatcher', serviceName: name });
  const meter = makeUsageMeter();
  const log: Log = (code, details = {}) => logger.info(logMessages[code], { code, ...details });
  const withOwn = (common: Dependencies) => ({ ...common, ...definition.own(meter.count, common) });
  let dependencies: (Dependencies & Own) | undefined;
  const handle = async (event: unknown) => {
    meter.start(event);
    dependencies ??= withOwn(makeDependencies(log, meter.count));
    const parsed = input.safeParse(event);
    if (!parsed.success) {
      throw new InvalidPayloadError(
        `${name} refuses its input: ${problemsOf(parsed.error, event).join('; ')}`,
      );
    }
    const output = await run(parsed.data, dependencies);
    metrics.addMetric('AwsCalls', MetricUnit.Count, meter.calls());
    return { ...output, usage: meter.addTo(output.usage) };
  };
  return middy<unknown, Output>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics))
    .use(tracing(name))
    .onError((request) => {
      logger.error(logMessages.FP_INVOCATION_FAILED, { code: 'FP_INVOCATION_FAILED', error: request.error });
    })
    .handler(handle);
}
