import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { listenOn } from "../listen-on.ts";
import type { Address } from "../plain-addresses.ts";

/** A connection of a client, and the one to the server that was made for it. */
export interface RelayedConnection {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Whether something was asked that is not answered yet. */
  underWay: boolean;
  /** Breaks it off for the client; what was passed on by then still reaches the server. */
  reset(): void;
}

/** What goes over a connection, read in both directions at once until each ends. */
export interface Traffic {
  readonly requests: () => Promise<void>;
  readonly answers: () => Promise<void>;
}

/** A listener on 127.0.0.1, each of whose connections has one of its own to the server behind it. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** Resets the connections that there are. How many of them were waiting for an answer. */
  reset(): number;
}

/**
 * The layer below both proxies: who is connected with whom, and how that ends. A request that was read is carried out
 * to its end even when its client has gone meanwhile, like a packet that is late: that is what makes a held command
 * arrive after its caller gave up.
 */
export async function relay(
  address: Address,
  traffic: (connection: RelayedConnection) => Traffic,
): Promise<Relay> {
  const connections = new Set<RelayedConnection>();
  const { server, port } = await listenOn({ port: 0, patienceMs: 0 }, (client) => {
    const connection = joined(client, address);
    connections.add(connection);
    client.once("close", () => connections.delete(connection));
    void carry(connection, traffic(connection));
  });
  const reset = (): number => {
    const waiting = [...connections].filter(({ underWay }) => underWay).length;
    for (const connection of connections) connection.reset();
    return waiting;
  };
  return {
    port,
    reset,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      reset();
      await closed;
    },
  };
}

function joined(client: Socket, address: Address): RelayedConnection {
  const upstream = connect({ ...address, noDelay: true });
  // An error between two reads must not end the process; whoever reads next hears of it.
  for (const socket of [client, upstream]) socket.on("error", () => undefined);
  return {
    client,
    upstream,
    underWay: false,
    reset() {
      client.resetAndDestroy();
      upstream.destroySoon();
    },
  };
}

async function carry({ client, upstream }: RelayedConnection, { requests, answers }: Traffic): Promise<void> {
  const asked = requests().finally(() => upstream.end());
  const answered = answers().finally(() => client.destroySoon());
  // Whatever goes wrong in one direction ends both: that is how a server tells that no answer will come.
  await Promise.allSettled([asked.catch(() => client.destroy()), answered.catch(() => client.destroy())]);
  upstream.destroy();
}
