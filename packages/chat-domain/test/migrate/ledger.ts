import { setTimeout as sleep } from "node:timers/promises";
import type { ObjectId } from "mongodb";

/** Something that an application wrote and the database acknowledged, and the chat that it was written to. */
export interface Acknowledged {
  readonly chat: string;
  /** The people of the chat. */
  readonly set: number;
}

/** What all applications together know: whatever is in here must never be lost. */
export class Ledger {
  /** Messages by id. */
  readonly messages = new Map<string, Acknowledged>();
  /** Tags that were added to a chat. */
  readonly tags = new Map<string, Acknowledged>();
  /** Marks that were added to somebody's membership row. */
  readonly marks = new Map<string, Acknowledged & { readonly userId: string }>();
  /** Every chat that anybody was ever shown, by its people. */
  readonly chats = new Map<number, ObjectId[]>();
  /** Chats that the application has deleted, or is about to: what was in them may be gone. */
  readonly deleted = new Set<string>();
  /** Which people a chat is of. */
  readonly setOf = new Map<string, number>();
  writes = 0;
  /** Chats that the old version has made. */
  duplicates = 0;

  constructor(chats: ReadonlyMap<number, readonly ObjectId[]>, messages: ReadonlyMap<string, ObjectId>) {
    for (const [set, ids] of chats) for (const id of ids) this.shown(set, id);
    for (const [message, chat] of messages) this.sent(message, chat);
  }

  shown(set: number, chat: ObjectId): void {
    if (this.setOf.has(chat.toHexString())) return;
    this.setOf.set(chat.toHexString(), set);
    this.chats.set(set, [...(this.chats.get(set) ?? []), chat]);
  }

  sent(message: string, chat: ObjectId): void {
    this.messages.set(message, this.about(chat));
  }

  about(chat: ObjectId): Acknowledged {
    const hex = chat.toHexString();
    return { chat: hex, set: this.setOf.get(hex) ?? -1 };
  }
}

/** Does something again and again, a little apart, until it is stopped. */
export function repeatedly(lanes: number, work: () => Promise<void>): { stop(): Promise<void> } {
  const stop = new AbortController();
  const all = Promise.all(
    Array.from({ length: lanes }, async () => {
      while (!stop.signal.aborted) {
        await work();
        await sleep(10);
      }
    }),
  );
  // Reported to whoever stops it.
  all.catch(() => undefined);
  return {
    async stop() {
      stop.abort();
      await all;
    },
  };
}
