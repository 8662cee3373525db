/** A process of `npm run bench`: plays the job that it is sent, answers with its result, and ends. */
import { type Job, runJob } from './job.ts';

process.once('message', (job: Job) => {
  runJob(job).then(
    (result) => process.send?.({ result }, () => process.disconnect()),
    (error: unknown) =>
      process.send?.(
        { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        () => process.disconnect(),
      ),
  );
});
