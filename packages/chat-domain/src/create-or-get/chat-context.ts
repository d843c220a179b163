import { Batcher, type BatcherLimits } from "../concurrency/batcher.ts";
import { refuseUnknown } from "../driver/known-options.ts";
import type { AnyDb } from "../driver/own-database.ts";
import type { ChatRequest } from "../model/new-chat.ts";
import { type ChatStore, chatStore, type ChatStoreOptions } from "../store/chat-store.ts";
import { wholeNumber } from "../store/whole-number.ts";
import { createChats, type Creation, type Lookup, lookUpChats } from "./chat-batches.ts";
import type { CreateOutcome } from "./held-chat.ts";
import { type RecentCalls, recentCalls } from "./recent-calls.ts";

export interface ChatContextOptions extends ChatStoreOptions {
  /** Different chats in one batch of concurrent create-or-get calls; 512 unless given. */
  readonly maxBatchSize?: number;
  /** Batches that look for chats, and batches that create them, in flight at once; 2 of each unless given. */
  readonly maxConcurrentBatches?: number;
  /** Create-or-get calls that wait or are being looked up, before more get `UNAVAILABLE`; 5,000 unless given. */
  readonly maxPending?: number;
}

type Creations = Batcher<Creation, CreateOutcome | null>;

/** What every verb gets first: the store, and where concurrent create-or-get calls of one process meet. */
export interface ChatContext extends ChatStore {
  /** All of them, to look for their chats. */
  readonly lookups: Batcher<ChatRequest, Lookup>;
  /** Those that found none, to create it, in batches behind which nobody else waits. */
  readonly creations: Creations;
  /** The same for large groups, each of which costs as much as many pairs: no pair waits behind theirs. */
  readonly largeCreations: Creations;
  /** How much of what was asked for last was there. */
  readonly recent: RecentCalls;
}

/**
 * The context of an application that has its own driver connection.
 *
 * @param db of any copy of the driver, 6.8 or newer: `mongoose.connection.db` too
 * @throws TypeError when `db` is no such Db, or an option is unknown
 * @throws ZodError when `model` is not a {@link ChatModel}
 * @throws RangeError when one of the numbers is not a positive whole number
 * @example
 * ```ts
 * import { chatContext } from "@onechat/chat-domain";
 * import { MongoClient } from "mongodb";
 *
 * const client = new MongoClient("mongodb://127.0.0.1:27017");
 * export const chats = chatContext(client.db("app"), {
 *   model: { chats: { participants: "users", participantType: "objectId", scope: null } },
 * });
 * ```
 */
export function chatContext(db: AnyDb, options: ChatContextOptions = {}): ChatContext {
  refuseUnknown("chatContext", options, contextOptions);
  const store = chatStore(db, options);
  return withBatchers(store, {
    maxBatchSize: wholeNumber("maxBatchSize", options.maxBatchSize ?? 512),
    maxConcurrentBatches: wholeNumber("maxConcurrentBatches", options.maxConcurrentBatches ?? 2),
    batchTimeoutMs: store.deadlineMs,
    maxPending: wholeNumber("maxPending", options.maxPending ?? 5_000),
  });
}

const contextOptions = {
  model: true,
  legacy: true,
  observer: true,
  maxParticipants: true,
  deadlineMs: true,
  newId: true,
  wholeDocuments: true,
  maxBatchSize: true,
  maxConcurrentBatches: true,
  maxPending: true,
} satisfies Record<keyof ChatContextOptions, true>;

/** So many lookups are worth a round trip of their own. */
const minLookupsPerBatch = 32;

/** As many as in a full batch of pairs: a new chat costs by its people, each of whom is an index entry or two. */
function peoplePerBatch({ maxBatchSize }: Pick<BatcherLimits, "maxBatchSize">): number {
  return 2 * maxBatchSize;
}

/** Groups of more people are large. */
const mostInSmallGroup = 16;

/** Where a chat of these people is created: always in the same place, so that nobody races their own process. */
export function creationsOf(ctx: ChatContext, { ids }: ChatRequest): Creations {
  return ids.length > mostInSmallGroup ? ctx.largeCreations : ctx.creations;
}

/** A context whose callers meet nobody else's. */
export function withBatchers(store: ChatStore, limits: Omit<BatcherLimits, "minKeysPerBatch">): ChatContext {
  const recent = recentCalls();
  const inLane = (maxConcurrentBatches: number): Creations =>
    new Batcher(
      { ...limits, maxConcurrentBatches, minKeysPerBatch: () => Infinity },
      (creations) =>
        recent.noting(() => createChats(store, creations), {
          isNew: isCreated,
          tells: (index) => creations[index]?.wasMissing === false,
        }),
      () => 0,
      ({ request: { ids } }) => ids.length / peoplePerBatch(limits),
    );
  const creations = inLane(limits.maxConcurrentBatches);
  // One at a time: beside it the database has room for what others ask.
  const largeCreations = inLane(1);
  const lookups: ChatContext["lookups"] = new Batcher(
    // Lookups that find nothing go on to be written, and writes pay by the batch.
    { ...limits, minKeysPerBatch: () => (recent.mostExist() ? minLookupsPerBatch : Infinity) },
    (requests, others) => recent.noting(() => lookUpChats(store, requests, others), { isNew: isMissing }),
    // Whoever is being looked up may have to wait once more.
    () => lookups.inFlight + creations.waiting + largeCreations.waiting,
  );
  return { ...store, lookups, creations, largeCreations, recent };
}

function isMissing(lookup: PromiseSettledResult<Lookup>): boolean {
  return lookup.status === "fulfilled" && lookup.value === "missing";
}

function isCreated(attempt: PromiseSettledResult<CreateOutcome | null>): boolean {
  return attempt.status === "fulfilled" && attempt.value?.outcome === "created";
}
