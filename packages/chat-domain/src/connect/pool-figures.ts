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
  const [open, inUse] = [new Set<string>(), new Set<string>()];
  let waiting = 0;
  client.on("connectionCreated", (event) => open.add(nameOf(event)));
  client.on("connectionClosed", (event) => open.delete(nameOf(event)));
  client.on("connectionCheckOutStarted", () => (waiting += 1));
  client.on("connectionCheckOutFailed", () => (waiting -= 1));
  client.on("connectionCheckedOut", (event) => {
    waiting -= 1;
    inUse.add(nameOf(event));
  });
  client.on("connectionCheckedIn", (event) => inUse.delete(nameOf(event)));
  // With its pool ends what a command that is never answered has taken from it.
  client.on("connectionPoolClosed", ({ address }) => {
    for (const connections of [open, inUse])
      for (const name of connections) if (name.startsWith(`${address}/`)) connections.delete(name);
  });
  return () => ({ open: open.size, inUse: inUse.size, waiting });
}

function nameOf(connection: { readonly address: string; readonly connectionId: unknown }): string {
  return `${connection.address}/${String(connection.connectionId)}`;
}
