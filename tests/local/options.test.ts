import { parseOptions } from '../../local/options.ts';

const endpoint = ['--endpoint', 'http://127.0.0.1:4570'];

describe('the faults of a run at an endpoint', () => {
  test('are those of functions and executions, which npm start brings with it', () => {
    const options = parseOptions([...endpoint, '--fault', 'hung-handler=0.1', '--fault', 'stopped-run=0.2']);

    expect(options).toMatchObject({ faults: { 'hung-handler': 0.1, 'stopped-run': 0.2 } });
  });

  test('are refused by their name where they belong to the server, with what is allowed', () => {
    expect(() => parseOptions([...endpoint, '--fault', 'vanished-node=0.1'])).toThrow(
      /'vanished-node' is refused together with --endpoint; allowed: killed-handler, .*timed-out-run/,
    );
  });
});
