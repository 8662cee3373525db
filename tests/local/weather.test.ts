import { Weather } from '../../local/weather.ts';

const minute = 60_000;

describe('the weather', () => {
  test('has the rate of a fault all the time, and more in its storm, from its first minute to its last', () => {
    const weather = new Weather({
      rates: { throttle: 0.1 },
      storms: [{ fault: 'throttle', rate: 0.9, fromMinute: 5, minutes: 2 }],
      startsAt: 1000,
    });
    const rateAt = (minutes: number) => weather.rateOf('throttle', 1000 + minutes * minute);

    expect([0, 4.99, 5, 6.99, 7, 100].map(rateAt)).toEqual([0.1, 0.1, 0.9, 0.9, 0.1, 0.1]);
    expect(weather.rateOf('lost-reply', 1000)).toBe(0);
  });

  test('knows what can strike, now or later, and counts what has', () => {
    const weather = new Weather({
      rates: { throttle: 0, 'lost-reply': 0.5 },
      storms: [{ fault: 'stale-page', rate: 1, fromMinute: 0, minutes: 1 }],
    });

    expect((['throttle', 'lost-reply', 'stale-page'] as const).map((name) => weather.knows(name))).toEqual([
      false,
      true,
      true,
    ]);
    expect(weather.strikesNow('lost-reply', { now: 0, draw: 0.5 })).toBe(false);
    expect(weather.strikesNow('lost-reply', { now: 0, draw: 0.49 })).toBe(true);
    expect(weather.strikes.all).toEqual({ 'lost-reply': 1 });
  });
});
