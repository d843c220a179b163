import { setTimeout as sleep } from "node:timers/promises";
import { assertIndexes, ChatError, ensureIndexesIfEmpty } from "@onechat/chat-domain";
import type { ChatConnection } from "@onechat/chat-domain/connect";
import type { Logger } from "pino";

/** How long an answer of the database about itself is believed. */
const believedMs = 1_000;

/** Whether this process can keep the promise: the database answers, and the unique index is there. */
export interface Readiness {
  /** @throws ChatError `INDEX_MISSING` or `UNAVAILABLE` */
  assertReady(): Promise<void>;
  /** From now on not ready: new requests belong elsewhere. */
  beginShutdown(): void;
}

/** Builds the indexes of an empty collection in the background, however long the database takes to come up. */
export function createReadiness(chats: ChatConnection, log: Logger): Readiness {
  let stopping = false;
  let believed: { readonly until: number; readonly check: Promise<void> } | null = null;

  const prepared = prepare(chats, log, () => stopping);
  async function check(): Promise<void> {
    await chats.ping();
    await assertIndexes(chats);
  }

  void prepared.then(() => (believed = null));
  return {
    async assertReady() {
      if (stopping) throw new ChatError("UNAVAILABLE", "this process is shutting down");
      if (believed === null || believed.until < performance.now()) {
        believed = { until: performance.now() + believedMs, check: check() };
      }
      await believed.check;
    },
    beginShutdown: () => {
      stopping = true;
    },
  };
}

async function prepare(chats: ChatConnection, log: Logger, isStopping: () => boolean): Promise<void> {
  let reported = "";
  while (!isStopping()) {
    try {
      await ensureIndexesIfEmpty(chats);
      log.info("the unique index is in place");
      return;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== reported) log.warn({ reason: message }, "not ready");
      reported = message;
      await sleep(1_000, undefined, { ref: false });
    }
  }
}
