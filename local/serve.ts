import { hookDocument } from '../infra/hook-document/hook-document.ts';
import { createEmbeddedAws, type EmbeddedAws } from './aws/embedded-aws.ts';
import { greeting } from './aws/serve-greeting.ts';
import { parseServeOptions, type ServeOptions, serveHelp } from './aws/serve-options.ts';
import { defaultScope, generateFleet } from './fleet/generate.ts';
import { quotaWarnings } from './fleet/quotas.ts';
import { alertsTopic, bucketName, hookDocumentName, reportsTopic, topicArn } from './names.ts';
import { ScaledClock } from './scaled-clock.ts';

/** Serves the embedded AWS alone, for the AWS CLI and for the product in a process of its own. */
async function serve(options: ServeOptions): Promise<EmbeddedAws> {
  const { seed, nodes: count, target, faults, speed, port } = options;
  const nodes = generateFleet({ seed, nodes: count, target, faults });
  for (const warning of quotaWarnings(nodes)) process.stderr.write(`warning: ${warning}\n`);
  const aws = createEmbeddedAws({
    // Simulated time begins at the laptop's, so that a client which compares the two finds no skew at first.
    clock: new ScaledClock(Math.round(performance.timeOrigin + performance.now()), speed),
    seed,
    nodes,
    documents: [{ name: hookDocumentName, content: hookDocument() }],
    faults,
    settings: { headers: { 'x-embedded-speed': String(speed) } },
    buckets: [bucketName],
    topics: [alertsTopic, reportsTopic],
  });
  const url = await aws.listen(port);
  const { region } = defaultScope;
  const topic = topicArn(alertsTopic);
  process.stdout.write(greeting({ url, options, nodes, bucket: bucketName, topicArn: topic, region }));
  return aws;
}

function optionsOfCommand(): ServeOptions | 'help' {
  try {
    return parseServeOptions(process.argv.slice(2));
  } catch (error) {
    fail(error, 2);
  }
}

function fail(error: unknown, exitCode: number): never {
  const hint = exitCode === 2 ? '\nSee --help.' : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${hint}\n`);
  process.exit(exitCode);
}

async function main(): Promise<void> {
  const options = optionsOfCommand();
  if (options === 'help') {
    process.stdout.write(serveHelp);
    return;
  }
  const aws = await serve(options);
  const stop = (): void => {
    aws.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error, 1),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => fail(error, 1));
