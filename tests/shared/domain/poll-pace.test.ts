import { pollSecondsFor } from '../../../shared/domain/poll-pace.ts';

const quarterOfAnHour = 900;

describe('the pace of polling', () => {
  test('is quicker the more nodes are at work, within its bounds', () => {
    const pace = (inFlight: number) =>
      pollSecondsFor({ meanSeconds: quarterOfAnHour, inFlight, fleetSize: 1000 });

    expect([1, 50, 75, 500].map(pace)).toEqual([25, 21, 14, 10]);
  });

  test('waits for more news in a large fleet, and never longer than a minute', () => {
    const pace = (fleetSize: number, inFlight: number) =>
      pollSecondsFor({ meanSeconds: quarterOfAnHour, inFlight, fleetSize });

    expect([pace(10_000, 100), pace(10_000, 200), pace(100_000, 200), pace(5_000, 100)]).toEqual([
      50, 25, 25, 25,
    ]);
    expect(pollSecondsFor({ meanSeconds: 7200, inFlight: 10, fleetSize: 10_000 })).toBe(60);
  });
});
