import { setTimeout as sleep } from "node:timers/promises";
import type { MongoClient } from "mongodb";

/**
 * How often a client is looked at, in milliseconds. Its patience is counted in looks: a process that was itself
 * stopped for a while must not take its own absence for the driver's.
 */
const lookEveryMs = 1_000;

/** What tells a client of another copy of the driver apart from what is none, as far as types can. */
export interface OtherClient {
  readonly options: object;
  db(name?: string): object;
  connect(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Closes and connects a client anew when its driver waits for something that no longer comes.
 *
 * A command that is written to a socket in the moment in which the server ends it is never answered: the driver (7.9)
 * waits for "drain" on a socket that is destroyed, and no timeout of its own applies. When it was the check of the
 * server that was lost, the client finds the server never again; when it was any other, a connection of the pool is
 * lost. Operations under way at that time fail as they do when a connection breaks. And a client whose first operation
 * finds no server stays closed for good. Dispose of it before the client is closed.
 *
 * @param anyClient of any copy of the driver: `mongoose.connection.getClient()` as well
 *
 * @example
 * ```ts
 * import { reviveWhenStalled } from "@onechat/chat-domain/connect";
 * import { MongoClient } from "mongodb";
 *
 * const client = new MongoClient("mongodb://127.0.0.1:27017");
 * await using reviver = reviveWhenStalled(client);
 * ```
 */
export function reviveWhenStalled(anyClient: MongoClient | OtherClient): AsyncDisposable {
  const client = anyClient as MongoClient;
  const isStalled = watchForStall(client);
  let over = false;
  let reviving: Promise<void> | null = null;
  const look = (): void => {
    if (reviving !== null || !isStalled()) return;
    reviving = revive(client, () => over).finally(() => {
      reviving = null;
    });
  };
  const looking = setInterval(look, lookEveryMs).unref();
  return {
    async [Symbol.asyncDispose]() {
      over = true;
      clearInterval(looking);
      await reviving;
    },
  };
}

/** The server may be down just now, so it is tried until it is there or the client is needed no more. */
async function revive(client: MongoClient, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      await client.close();
      await client.connect();
      return;
    } catch {
      await sleep(lookEveryMs);
    }
  }
}

/** Looks beyond the driver's own timeouts, which come first whenever they work. */
const margin = 2;

/**
 * Watches what a client waits for: its checks of the servers, and connections that are in use. Each call is one look:
 * whether something is under way for longer than the driver itself allows.
 */
function watchForStall(client: MongoClient): () => boolean {
  const { connectTimeoutMS, heartbeatFrequencyMS, socketTimeoutMS } = client.options;
  const left = new Map<string, number>();
  const begin = (what: string, timeoutMs: number): void => void left.set(what, looksUntil(timeoutMs));
  const end = (what: string): void => void left.delete(what);

  if (connectTimeoutMS > 0) {
    client.on("serverHeartbeatStarted", ({ connectionId, awaited }) =>
      begin(connectionId, connectTimeoutMS + (awaited ? heartbeatFrequencyMS : 0)),
    );
    client.on("serverHeartbeatSucceeded", ({ connectionId }) => end(connectionId));
    client.on("serverHeartbeatFailed", ({ connectionId }) => end(connectionId));
    client.on("serverClosed", ({ address }) => end(address));
  }
  // Without a bound, as for migrations, a connection may be in use for hours.
  if (socketTimeoutMS > 0) {
    client.on("connectionCheckedOut", ({ address, connectionId }) =>
      begin(`${address}/${connectionId}`, socketTimeoutMS),
    );
    client.on("connectionCheckedIn", ({ address, connectionId }) => end(`${address}/${connectionId}`));
  }
  // Nothing is under way any more, and what its owner has closed is not to be opened again.
  client.on("topologyClosed", () => left.clear());
  const wasNeverOpened = watchForFailedOpening(client);
  return () => {
    for (const [what, looksLeft] of left) left.set(what, looksLeft - 1);
    return wasNeverOpened() || [...left.values()].some((looksLeft) => looksLeft < 0);
  };
}

/** Whether the client has been closed before it was open: by the driver, as its first operation found no server. */
function watchForFailedOpening(client: MongoClient): () => boolean {
  let state: "opening" | "open" | "failed" = "open";
  client.on("topologyOpening", () => (state = "opening"));
  client.on("open", () => (state = "open"));
  client.on("topologyClosed", () => {
    if (state === "opening") state = "failed";
  });
  return () => state === "failed";
}

function looksUntil(timeoutMs: number): number {
  return Math.ceil(timeoutMs / lookEveryMs) + margin;
}
