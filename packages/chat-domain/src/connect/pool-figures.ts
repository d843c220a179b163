import type { MongoClient } from "mongodb";

/** Connections to the database, of all its servers together. */
export interface PoolFigures {
  readonly open: number;
  readonly inUse: number;
  /** Operations that wait for a connection. */
  readonly waiting: number;
}

/** Counts along from now on, so it has to watch a client before its first operation. */
export function watchPool(client: MongoClient): () => PoolFigures {
  const [connections, checkouts, waits] = [counter(), counter(), counter()];
  client.on("connectionCreated", connections.up).on("connectionClosed", connections.down);
  client.on("connectionCheckOutStarted", waits.up).on("connectionCheckOutFailed", waits.down);
  client.on("connectionCheckedOut", waits.down).on("connectionCheckedOut", checkouts.up);
  client.on("connectionCheckedIn", checkouts.down);
  return () => ({ open: connections.value(), inUse: checkouts.value(), waiting: waits.value() });
}

function counter(): {
  readonly up: () => void;
  readonly down: () => void;
  readonly value: () => number;
} {
  let value = 0;
  return { up: () => void (value += 1), down: () => void (value -= 1), value: () => value };
}
