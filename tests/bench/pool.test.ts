import type { Job } from '../../bench/job.ts';
import { runJobs } from '../../bench/pool.ts';

test('a job that fails is told of, and costs the others nothing', async () => {
  const good = { kind: 'row', design: 'barrier', seed: 1, nodes: 20, concurrency: 50 } as const;
  const bad: Job = { ...good, nodes: -1 };
  const failures: string[] = [];
  const ended: Job[] = [];

  const results = await runJobs([bad, good], {
    end: (job) => ended.push(job),
    failure: ({ message }) => failures.push(message),
  });

  expect(results).toMatchObject([{ kind: 'row', measured: { nodes: 20 } }]);
  expect(failures).toEqual([expect.stringMatching(/^barrier, -1 nodes, 50 %: /)]);
  expect(ended).toHaveLength(2);
});
