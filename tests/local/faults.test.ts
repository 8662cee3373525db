import { faultDescriptions, parseFaults } from '../../local/faults.ts';

describe('parseFaults', () => {
  test('reads rates, the last of one name counting', () => {
    const rates = parseFaults(['throttle=0.05', 'patch-fails=1', 'throttle=0', 'lost-reply=.5']);

    expect(rates).toEqual({ throttle: 0, 'patch-fails': 1, 'lost-reply': 0.5 });
  });

  test.each([
    'throttle',
    'throttle=',
    'throttle=1.1',
    'throttle=-0.1',
    'throttle=5%',
    'throttle=0x1',
    'throttle=NaN',
  ])('refuses %s, naming the fault and what is allowed', (option) => {
    const act = () => parseFaults([option]);

    expect(act).toThrow(`fault 'throttle' has the rate '${option.slice(9)}'; allowed: a number from 0 to 1`);
  });

  test('tells every problem at once, and lists the faults that exist', () => {
    const act = () => parseFaults(['thrott1e=0.1', 'toString=0.1', 'patch-fails=2']);

    expect(act).toThrow(/unknown fault 'thrott1e'; known: throttle, server-error,.*'toString'.*rate '2'/s);
  });

  test('describes every fault', () => {
    expect(Object.values(faultDescriptions).every((description) => description.length > 20)).toBe(true);
  });
});
