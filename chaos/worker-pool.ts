import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import type { Answer, Job } from './jobs.ts';

/** What a worker did not live to answer. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

interface Worker {
  process: ChildProcess;
  current: { readonly job: Job; readonly settle: (answer: Answer | WorkerDied) => void } | undefined;
}

/** Real time: a run takes a tenth of a second, and a run that never ends must not end the search. */
const patienceMilliseconds = { play: 120_000, shrink: 1_200_000 };

/** Processes that play jobs, one at a time each. */
export class WorkerPool {
  private readonly workers: Worker[];

  constructor(count: number) {
    this.workers = Array.from({ length: count }, () => ({ process: start(), current: undefined }));
    for (const worker of this.workers) this.listen(worker);
  }

  /**
   * Hands out jobs in their order as workers come free, and gives each answer to `onAnswer`, in the order of the jobs. A
   * worker that dies, or does not answer in time, is replaced. Ends when `next` has no job and all are answered.
   */
  async work(
    next: () => Job | undefined,
    onAnswer: (job: Job, answer: Answer | WorkerDied) => void,
  ): Promise<void> {
    const early = new Map<number, { readonly job: Job; readonly answer: Answer | WorkerDied }>();
    const order: number[] = [];
    const tell = (): void => {
      for (;;) {
        const [first] = order;
        const ready = first === undefined ? undefined : early.get(first);
        if (first === undefined || !ready) return;
        order.shift();
        early.delete(first);
        onAnswer(ready.job, ready.answer);
      }
    };
    const keepBusy = async (worker: Worker): Promise<void> => {
      for (let job = next(); job; job = next()) {
        order.push(job.id);
        const answer = await this.ask(worker, job);
        early.set(job.id, { job, answer });
        tell();
      }
    };
    await Promise.all(this.workers.map(keepBusy));
  }

  close(): void {
    for (const worker of this.workers) {
      worker.process.removeAllListeners('exit');
      worker.process.kill('SIGKILL');
    }
  }

  private ask(worker: Worker, job: Job): Promise<Answer | WorkerDied> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => worker.process.kill('SIGKILL'), patienceMilliseconds[job.kind]);
      const settle = (answer: Answer | WorkerDied): void => {
        clearTimeout(timer);
        worker.current = undefined;
        resolve(answer);
      };
      worker.current = { job, settle };
      worker.process.send(job);
    });
  }

  private listen(worker: Worker): void {
    worker.process.on('message', (answer: Answer) => {
      if (answer.id === worker.current?.job.id) worker.current.settle(answer);
    });
    worker.process.once('exit', (code, signal) => {
      worker.process = start();
      this.listen(worker);
      const kind = worker.current?.job.kind ?? 'play';
      const why =
        signal === 'SIGKILL'
          ? `did not end within ${patienceMilliseconds[kind] / 1000} s`
          : `died with ${code ?? signal}`;
      worker.current?.settle(new WorkerDied(`the run ${why}`));
    });
  }
}

function start(): ChildProcess {
  return fork(join(import.meta.dirname, 'worker.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=64'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: process.env,
  });
}
