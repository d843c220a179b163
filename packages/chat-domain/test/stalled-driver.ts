import { setTimeout as sleep } from "node:timers/promises";
import type { MongoClient } from "mongodb";

/** So long after a check the driver makes no other. */
const quietMs = 500;

interface Connection {
  readonly socket: { destroy(): void };
}

/** The driver's own parts, for which there is no public way. */
interface DriverServer {
  readonly monitor: { readonly connection: Connection; requestCheck(): void };
  readonly pool: { readonly connections: { first(): Connection | null } };
}

/**
 * What a server does that goes away in the wrong moment: the socket is destroyed, which the driver hears of at the end
 * of this turn of the event loop only, and is written to before. No answer comes and no error.
 */
export async function loseServerCheck(client: MongoClient): Promise<void> {
  await sleep(quietMs + 100);
  const { monitor } = serverOf(client);
  monitor.connection.socket.destroy();
  monitor.requestCheck();
}

/** The next command is written to a socket that is destroyed, when it is sent in the same turn of the event loop. */
export function destroyIdleSocket(client: MongoClient): void {
  serverOf(client).pool.connections.first()?.socket.destroy();
}

function serverOf(client: MongoClient): DriverServer {
  const { topology } = client as unknown as {
    readonly topology: { readonly s: { readonly servers: ReadonlyMap<string, DriverServer> } };
  };
  for (const server of topology.s.servers.values()) return server;
  throw new Error("the client knows no server");
}
