import { makeMeasure } from '../../../functions/report-sla/measure.ts';
import { summaryOf } from '../../../shared/domain/sla/summary.ts';

const environment = { ...process.env };
afterEach(() => {
  process.env = environment;
});

test('a policy’s counts go out as one line of embedded metrics, by service and policy', () => {
  process.env = { ...environment, POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' };
  const written: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((line: string) => void written.push(line));
  const summary = summaryOf([]);

  makeMeasure()('prd-web', {
    ...summary,
    patches: { onTime: 3, dueSoon: 2, breached: 1 },
    willBreach: { ...summary.willBreach, patches: 4 },
  });

  log.mockRestore();
  expect(written.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      service: 'report-sla',
      policy: 'prd-web',
      OnTime: 3,
      DueSoon: 2,
      Breached: 1,
      WillBreach: 4,
      _aws: expect.objectContaining({
        CloudWatchMetrics: [
          expect.objectContaining({
            Namespace: 'FleetPatcher',
            Dimensions: [expect.arrayContaining(['service', 'policy'])],
          }),
        ],
      }),
    }),
  ]);
});
