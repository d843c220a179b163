import type { Collection, CreateIndexesOptions, IndexDescriptionInfo } from "mongodb";
import { withTimeout } from "../concurrency/timeout.ts";
import { ChatError } from "../errors/chat-error.ts";
import { isServerError } from "../errors/mongo-errors.ts";
import { firstTwoPaths } from "../model/chat-filters.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { ownerField, participantFields, participantPaths } from "../model/participants-place.ts";
import { type StoredDocument } from "../model/stored-document.ts";

type Indexes = readonly IndexDescriptionInfo[];

export interface ChatIndex {
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly options: Readonly<CreateIndexesOptions>;
}

/** What decides the race: exactly this index, or there is no guarantee. Sparse, so that named groups need no key. */
function uniqueKeyIndex(keyField: string): ChatIndex {
  return {
    key: { [keyField]: 1 },
    options: { name: `${keyField}_unique`, unique: true, sparse: true, collation: { locale: "simple" } },
  };
}

/**
 * The indexes of the chats collection.
 *
 * @example
 * ```ts
 * import { chatIndexes, ChatModel } from "@onechat/chat-domain";
 *
 * for (const { key, options } of chatIndexes(ChatModel.parse({}))) console.log(key, options);
 * ```
 */
export function chatIndexes(model: ChatModel): readonly ChatIndex[] {
  // Read backwards: in the other direction, a find by all people that names no order would turn from the oldest chat,
  // which old versions know, to the newest, which may be an emptied tombstone.
  const listing = participantPaths(model).map((path) => ({
    key: { [path]: 1, _id: 1 } as const,
    options: { name: listingName(model, path), collation: { locale: "simple" } },
  }));
  return [uniqueKeyIndex(model.chats.keyField), ...listing];
}

function listingName(model: ChatModel, path: string): string {
  return participantFields(model) === null ? "participants_by_id" : `${path}_by_id`;
}

/**
 * Indexes that only save time, for new applications: an old one may hold what they cannot be built of, and its own
 * queries might turn to them.
 */
export function helpfulIndexes(model: ChatModel): readonly ChatIndex[] {
  return [...byScope(model), keylessIndex(model)];
}

/**
 * Without it, the list of a scope in which somebody has no chats reads all that they have. Of the scope alone: together
 * with the people the server would refuse to store chats in which the scope is a list as well.
 */
function byScope(model: ChatModel): readonly ChatIndex[] {
  const { scope } = model.chats;
  if (scope === null || ownerField(model) !== null) return [];
  const options = { name: "scope_by_id", collation: { locale: "simple" } };
  return [{ key: { [scope]: 1, _id: 1 }, options }];
}

/**
 * Without it, looking for a keyless chat of somebody with themselves, or of two who both have very many, reads all of
 * theirs. A chat that has a key is not in it, so new ones pay nothing. No more than a help: it cannot be built where
 * entries of the list are lists themselves.
 */
function keylessIndex(model: ChatModel): ChatIndex {
  const [first, second] = firstTwoPaths(model);
  return {
    key: { [first]: 1, [second]: 1, _id: 1 },
    options: {
      name: "keyless_by_people",
      partialFilterExpression: { [model.chats.keyField]: null },
      collation: { locale: "simple" },
    },
  };
}

/** The name of that index, if it is among these as we build it; `null` where it cannot be relied on to be used. */
export function keylessIndexName(model: ChatModel, indexes: Indexes): string | null {
  const { key, options } = keylessIndex(model);
  const fields = JSON.stringify([key, options.partialFilterExpression]);
  const found = indexes.find(
    (index) =>
      JSON.stringify([index.key, index.partialFilterExpression]) === fields &&
      index.hidden !== true &&
      !hasCollation(index),
  );
  return found?.name ?? null;
}

/** Of every operation by key: a collection's own collation neither serves the index nor may decide what equals what. */
export const exactly = { locale: "simple" } as const;

/**
 * With this hint the server refuses to read or write by key once the index is gone. It cannot tell a right index from
 * one that is partial, not unique, or has a collation: that takes a {@link KeyIndex}.
 */
export function keyIndexHint({ chats }: ChatModel): Record<string, 1> {
  return { [chats.keyField]: 1 };
}

/** The index that decides every race, proven before a call relies on it. */
export interface KeyIndex {
  /**
   * Looks again where the last look is older than a second, and after `forget`: somebody may put another index in its
   * place while nobody asks.
   *
   * @returns all indexes of the collection, as that look has seen them
   * @throws ChatError `INDEX_MISSING` with what is wrong
   */
  verified(): Promise<Indexes>;
  /** The server has refused the index: what was verified is true no longer. */
  forget(): void;
  /**
   * Looks now, while calls go on relying on the last look until this one fails.
   *
   * @throws ChatError `INDEX_MISSING` with what is wrong
   */
  recheck(): Promise<void>;
}

/** How long a look at the index is believed, in milliseconds from its beginning. */
const believedMs = 1_000;

interface Look {
  readonly began: number;
  readonly done: Promise<Indexes>;
  isOver: boolean;
}

export function keyIndex(chats: Collection<StoredDocument>, keyField: string, deadlineMs: number): KeyIndex {
  let last: Look | null = null;
  const look = (): Look => {
    const done = withTimeout(deadlineMs, () => verifyKeyIndex(chats, keyField));
    const begun: Look = { began: performance.now(), done, isOver: false };
    const end = (): void => void (begun.isOver = true);
    done.then(end, end);
    return begun;
  };
  const forget = (): void => {
    last = null;
  };
  return {
    forget,
    async recheck() {
      const own = look();
      try {
        await own.done;
        last = own;
      } catch (error) {
        forget();
        throw error;
      }
    },
    async verified() {
      if (last === null || (last.isOver && performance.now() - last.began > believedMs)) last = look();
      const own = last;
      try {
        return await own.done;
      } catch (error) {
        if (last === own) forget();
        throw error;
      }
    },
  };
}

/** The collection's indexes; none where there is no collection. */
export async function existingIndexes(chats: Collection<StoredDocument>): Promise<Indexes> {
  try {
    return await chats.indexes();
  } catch (error) {
    if (isServerError(error) && error.codeName === "NamespaceNotFound") return [];
    throw error;
  }
}

/**
 * Looks once, now.
 *
 * @returns all indexes of the collection
 * @throws ChatError `INDEX_MISSING` with what is wrong
 */
export async function verifyKeyIndex(chats: Collection<StoredDocument>, keyField: string): Promise<Indexes> {
  if (isStrict(chats)) throw new ChatError("INDEX_MISSING", strictText(chats.namespace));
  const indexes = await existingIndexes(chats);
  const flaw = flawAmong(indexes, chats, keyField);
  if (flaw !== null) throw new ChatError("INDEX_MISSING", flaw);
  return indexes;
}

/**
 * Whether the client asks for the strict Stable API, to which sparse indexes do not belong: the server neither builds nor
 * uses any for such a client. Read from what a collection keeps of its client, which has no public name.
 */
function isStrict(chats: Collection<StoredDocument>): boolean {
  const client: unknown = Reflect.get(chats, "client");
  const api = client instanceof Object && "serverApi" in client ? client.serverApi : undefined;
  return api instanceof Object && "strict" in api && api.strict === true;
}

function strictText(namespace: string): string {
  return (
    `the client of ${namespace} is connected with the strict Stable API, in which the server uses no sparse index, so ` +
    '"exactly one chat" cannot be guaranteed: connect with serverApi: { version: "1" }, without strict'
  );
}

/**
 * The indexes that are taken for ours. One of the same field that runs the other way, or is hashed as a shard key's is,
 * stands beside it and decides nothing.
 */
export function keyIndexes(indexes: Indexes, keyField: string): Indexes {
  return indexes.filter(({ key }) => Object.keys(key).join() === keyField && key[keyField] === 1);
}

/** What is wrong with the unique index and what mends it, or `null`. */
export async function keyIndexFlaw(
  chats: Collection<StoredDocument>,
  keyField: string,
): Promise<string | null> {
  return flawAmong(await existingIndexes(chats), chats, keyField);
}

function flawAmong(indexes: Indexes, chats: Collection<StoredDocument>, keyField: string): string | null {
  const [index, second] = keyIndexes(indexes, keyField);
  if (index === undefined) return indexFlawText(chats, keyField, "does not exist");
  if (second !== undefined)
    return indexFlawText(chats, keyField, "exists more than once with different options");
  const flaw = indexFlaw(index);
  const drop = `(drop the index ${index.name ?? keyField} first: it is in the way)`;
  return flaw === null ? null : indexFlawText(chats, keyField, `${flaw} ${drop}`);
}

/** Why an index on the key cannot decide a race, or `null`. */
export function indexFlaw(index: IndexDescriptionInfo): string | null {
  if (index.unique !== true) return "is not unique";
  if (index.partialFilterExpression !== undefined) return "is partial";
  if (index.sparse !== true) return "is not sparse";
  if (index.hidden === true) return "is hidden";
  return hasCollation(index) ? "has a collation" : null;
}

function hasCollation({ collation }: IndexDescriptionInfo): boolean {
  const locale: unknown = collation?.locale ?? "simple";
  return locale !== "simple";
}

/** The error of a collection whose index the server has refused to use. */
export function indexRefused(chats: Collection<StoredDocument>, keyField: string, cause: unknown): ChatError {
  return new ChatError("INDEX_MISSING", indexFlawText(chats, keyField, "cannot be used"), { cause });
}

/** What is wrong, what that means, and what mends it. */
export function indexFlawText(chats: Collection<StoredDocument>, keyField: string, flaw: string): string {
  return (
    `the unique index {${keyField}: 1} of ${chats.namespace} ${flaw}, so "exactly one chat" cannot be ` +
    "guaranteed; build it with ensureIndexes, or with: pnpm migrator up --execute --to index"
  );
}
