/** One of the processes of `npm run chaos`: plays what it is sent, one job at a time. */
import process from 'node:process';
import type { Answer, Job } from './jobs.ts';
import { playSeed, shrinkSeed } from './play-seed.ts';

async function answerTo({ id, kind, ...chosen }: Job): Promise<Answer> {
  if (kind === 'play') return { id, kind, report: await playSeed(chosen) };
  return { id, kind, shrunk: await shrinkSeed(chosen) };
}

// An interruption is the search's affair: it ends its workers itself.
process.on('SIGINT', () => undefined);

process.on('message', (job: Job) => {
  answerTo(job).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
