const shortest = 10;
const longest = 60;
/** Four steps, each heard of half a poll late: with a poll of this part of a node's time they cost it some percent. */
const partsOfNode = 41;
/** Nodes' worth of news that a turn waits for: at the least, in a large fleet, and the fleet from which on that is so. */
const leastNews = 1.15;
const newsOfLargeFleet = 5.5;
const largeFleet = 10_000;

/**
 * Seconds between two polls of a batch. What a turn costs is nearly the same however much it hears: the more nodes are
 * in flight, the sooner it is worth it. A large fleet waits for more news in a turn, because its calls and transitions
 * are what it costs; a small one costs little, and is done sooner.
 */
export function pollSecondsFor(batch: {
  /** Expected seconds of a node, from its first step to its last. */
  readonly meanSeconds: number;
  /** Nodes at work at once. */
  readonly inFlight: number;
  /** Nodes of the whole run. */
  readonly fleetSize: number;
}): number {
  const { meanSeconds, inFlight, fleetSize } = batch;
  const news = Math.max(leastNews, newsOfLargeFleet * Math.min(1, fleetSize / largeFleet));
  const patient = Math.max(15, (news * meanSeconds) / partsOfNode);
  return Math.round(Math.min(longest, patient, Math.max(shortest, (news * meanSeconds) / inFlight)));
}
