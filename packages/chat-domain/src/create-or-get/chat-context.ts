import { recordName } from "../model/own-names.ts";
import type { Collection, Db } from "mongodb";
import { GroupCommit, type GroupCommitLimits } from "../concurrency/group-commit.ts";
import { defaultMaxParticipants } from "../identity/participants-key.ts";
import { ChatModel, type ChatModelInput } from "../model/chat-model.ts";
import { type ChatRequest, ownPaths } from "../model/new-chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import { type ChatObserver, harmless, silentObserver } from "../store/chat-observer.ts";
import { guaranteedCollection, type LegacyPolicy, wholeNumber } from "../store/chat-store.ts";
import { type KeyIndex, keyIndex } from "../store/key-index.ts";
import { createChats, type Lookup, lookUpChats } from "./chat-batches.ts";
import type { Obtained } from "./create-one-chat.ts";

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
    redirects: guaranteedCollection(db, recordName(model, "chat_redirects"), deadlineMs),
    ownPaths: ownPaths(model),
    keyIndex: keyIndex(chats, model.chats.keyField, deadlineMs),
  };
  return withConcurrentCalls(context, {
    maxBatch: wholeNumber("maxBatch", options.maxBatch ?? 512),
    maxFlights: wholeNumber("maxFlights", options.maxFlights ?? 2),
    maxFlightMs: deadlineMs,
    maxWaiting: wholeNumber("maxWaiting", options.maxWaiting ?? 5_000),
  });
}

/** Where concurrent create-or-get calls of one process meet. */
export interface ConcurrentCalls {
  /** All of them, to look for their chats. */
  readonly lookups: GroupCommit<ChatRequest, Lookup>;
  /** Those that found none, to create it, in batches behind which nobody else waits. */
  readonly creations: GroupCommit<ChatRequest, Obtained | null>;
}

export type ConcurrentCallsLimits = Omit<GroupCommitLimits, "minShare">;

/** So many lookups are worth a round trip of their own. */
const lookupsWorthATrip = 32;

/** A context whose callers meet nobody else's. */
export function withConcurrentCalls(
  context: Omit<ChatContext, keyof ConcurrentCalls>,
  limits: ConcurrentCallsLimits,
): ChatContext {
  // Lookups that find nothing go on to be written, and writes pay by the batch.
  let mostExist = true;
  const creations: ConcurrentCalls["creations"] = new GroupCommit(
    { ...limits, minShare: () => Infinity },
    (requests) => createChats(whole, requests),
  );
  const lookups: ConcurrentCalls["lookups"] = new GroupCommit(
    { ...limits, minShare: () => (mostExist ? lookupsWorthATrip : Infinity) },
    async (requests, others) => {
      const found = await lookUpChats(whole, requests, others);
      mostExist = found.filter(isMissing).length * 2 < requests.length;
      return found;
    },
    // Whoever is being looked up may have to wait once more.
    () => lookups.aboard + creations.waiting,
  );
  const whole: ChatContext = { ...context, lookups, creations };
  return whole;
}

function isMissing(lookup: PromiseSettledResult<Lookup>): boolean {
  return lookup.status === "fulfilled" && lookup.value === "missing";
}
