/** The connections of one agent: whoever finds none free waits for one, first come, first served. */
export interface Connections {
  readonly take: (connect: () => void) => void;
  readonly give: () => void;
}

/** Without an agent nobody waits. */
export const noConnections: Connections = { take: (connect) => connect(), give: () => undefined };

const connectionsOf = new WeakMap<object, Connections>();

/** Those of an agent of Node.js, which allows `maxSockets` to one address. */
export function connectionsFor(agent: unknown): Connections {
  if (typeof agent !== 'object' || agent === null) return noConnections;
  const known = connectionsOf.get(agent);
  if (known) return known;
  const maximum = 'maxSockets' in agent && typeof agent.maxSockets === 'number' ? agent.maxSockets : Infinity;
  const made = createConnections(maximum);
  connectionsOf.set(agent, made);
  return made;
}

function createConnections(maximum: number): Connections {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return {
    take: (connect) => {
      if (taken >= maximum) {
        waiting.push(connect);
        return;
      }
      taken += 1;
      connect();
    },
    give: () => {
      const next = waiting.shift();
      if (next) next();
      else taken -= 1;
    },
  };
}
