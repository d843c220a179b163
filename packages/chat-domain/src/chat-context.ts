import type { Collection, Db } from "mongodb";
import type { StoredDocument } from "./chat-document.ts";
import { ChatModel, type ChatModelInput } from "./chat-model.ts";
import { type ConcurrentCalls, withConcurrentCalls } from "./concurrent-calls.ts";
import { type ChatObserver, harmless, silentObserver } from "./chat-observer.ts";
import { type KeyIndex, keyIndex } from "./key-index.ts";
import { ownPaths } from "./new-chat.ts";
import { defaultMaxParticipants } from "./participants-key.ts";

/** `claim`: chats without a key may exist and are adopted; `none`: the collection is sealed, every chat has a key. */
export type LegacyPolicy = "claim" | "none";

export interface ChatContextOptions {
  readonly model?: ChatModelInput;
  readonly legacy?: LegacyPolicy;
  readonly observer?: ChatObserver;
  /** Different people per chat; 100 unless given. */
  readonly maxParticipants?: number;
  /** Milliseconds after which a verb gives up with `UNAVAILABLE`; 4,000 unless given. */
  readonly deadlineMs?: number;
  /** Different chats in one batch of concurrent create-or-get calls; 512 unless given. */
  readonly maxBatch?: number;
  /** Batches that look for chats, and batches that create them, on their way at once; 2 of each unless given. */
  readonly maxFlights?: number;
  /** Create-or-get calls that wait or are being looked up, before more get `UNAVAILABLE`; 5,000 unless given. */
  readonly maxWaiting?: number;
}

/** What every verb gets first: where the chats are, and what was decided once for all calls. */
export interface ChatContext extends ConcurrentCalls {
  readonly db: Db;
  readonly model: ChatModel;
  readonly legacy: LegacyPolicy;
  readonly observer: ChatObserver;
  readonly maxParticipants: number;
  readonly deadlineMs: number;
  /** The collections, with the concerns that the guarantee needs, whatever the client's own defaults are. */
  readonly chats: Collection<StoredDocument>;
  readonly redirects: Collection<StoredDocument>;
  /** Fields of a new chat that callers may not set. */
  readonly ownPaths: readonly string[];
  /** The unique index that decides every race, verified before it is relied on. */
  readonly keyIndex: KeyIndex;
}

/**
 * The context of an application that has its own driver connection.
 *
 * @throws ZodError when `model` is not a {@link ChatModel}
 * @throws RangeError when one of the numbers is not a positive whole number
 */
export function chatContext(db: Db, options: ChatContextOptions = {}): ChatContext {
  const model = ChatModel.parse(options.model ?? {});
  const maxParticipants = wholeNumber("maxParticipants", options.maxParticipants ?? defaultMaxParticipants);
  const deadlineMs = wholeNumber("deadlineMs", options.deadlineMs ?? 4_000);
  const chats = guaranteedCollection(db, model.chats.collection, deadlineMs);
  const context = {
    db,
    model,
    legacy: options.legacy ?? "claim",
    observer: harmless(options.observer ?? silentObserver),
    maxParticipants,
    deadlineMs,
    chats,
    redirects: guaranteedCollection(db, "chat_redirects", deadlineMs),
    ownPaths: ownPaths(model),
    keyIndex: keyIndex(chats, deadlineMs),
  };
  return withConcurrentCalls(context, {
    maxBatch: wholeNumber("maxBatch", options.maxBatch ?? 512),
    maxFlights: wholeNumber("maxFlights", options.maxFlights ?? 2),
    maxFlightMs: deadlineMs,
    maxWaiting: wholeNumber("maxWaiting", options.maxWaiting ?? 5_000),
  });
}

/** Up to what timers and the server take: a 32-bit number. */
function wholeNumber(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value < 2 ** 31) return value;
  throw new RangeError(`${name} is a whole number from 1 to ${2 ** 31 - 1}`);
}

/** An id that was answered must survive any crash: majority and journal on write, majority on the primary on read. */
function guaranteedCollection(db: Db, name: string, deadlineMs: number): Collection<StoredDocument> {
  return db.collection(name, {
    writeConcern: { w: "majority", journal: true, wtimeoutMS: deadlineMs },
    readConcern: { level: "majority" },
    readPreference: "primary",
  });
}
