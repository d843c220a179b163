import type { MongoClient } from "mongodb";

/** Looks beyond the driver's own timeouts, which come first whenever they work. */
const margin = 2;

/**
 * Watches what a client waits for: its checks of the servers, and connections that are in use. Each call is one look:
 * whether something is under way for longer than the driver itself allows.
 */
export function watchForStall(client: MongoClient, lookEveryMs: number): () => boolean {
  const { connectTimeoutMS, heartbeatFrequencyMS, socketTimeoutMS } = client.options;
  const looks = (timeoutMs: number): number => Math.ceil(timeoutMs / lookEveryMs) + margin;
  const left = new Map<string, number>();
  const begin = (what: string, timeoutMs: number): void => void left.set(what, looks(timeoutMs));
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
  return () => {
    for (const [what, looksLeft] of left) left.set(what, looksLeft - 1);
    return [...left.values()].some((looksLeft) => looksLeft < 0);
  };
}
