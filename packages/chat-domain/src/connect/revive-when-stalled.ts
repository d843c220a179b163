import { setTimeout as sleep } from "node:timers/promises";
import type { MongoClient } from "mongodb";
import { watchForStall } from "./watch-for-stall.ts";

/**
 * How often a client is looked at, in milliseconds. Its patience is counted in looks: a process that was itself
 * stopped for a while must not take its own absence for the driver's.
 */
const lookEveryMs = 1_000;

/**
 * Closes and connects a client anew when its driver waits for something that no longer comes.
 *
 * A command that is written to a socket in the moment in which the server ends it is never answered: the driver (7.9)
 * waits for "drain" on a socket that is destroyed, and no timeout of its own applies. When it was the check of the
 * server that was lost, the client finds the server never again; when it was any other, a connection of the pool is
 * lost. Operations under way at that time fail as they do when a connection breaks.
 */
export function reviveWhenStalled(client: MongoClient): AsyncDisposable {
  const isStalled = watchForStall(client, lookEveryMs);
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
