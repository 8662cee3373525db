import { VirtualClock } from '../../../local/clock.ts';
import { LoopbackSocket } from '../../../local/lambda/loopback-socket.ts';

describe('the socket of a request without one', () => {
  test('is closed once when its exchange is over, so that nobody keeps it', () => {
    let closed = 0;
    const socket = new LoopbackSocket(new VirtualClock(0), () => undefined);
    socket.once('close', () => {
      closed += 1;
    });

    socket.end();
    socket.end();
    socket.destroy();

    expect(closed).toBe(1);
    expect(socket.listenerCount('close')).toBe(0);
  });
});
