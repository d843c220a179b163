import type { Collection, CreateIndexesOptions, IndexDescriptionInfo } from "mongodb";
import { withTimeout } from "../concurrency/timeout.ts";
import { ChatError } from "../errors/chat-error.ts";
import { isServerError } from "../errors/mongo-errors.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { participantFields, participantPaths } from "../model/participants-place.ts";
import { type StoredDocument } from "../model/stored-document.ts";

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
 * With this hint the server refuses to read or write by key once the index is gone. It cannot tell a right index from
 * one that is partial, not unique, or has a collation: that takes a {@link KeyIndex}.
 */
export function keyIndexHint({ chats }: ChatModel): Record<string, 1> {
  return { [chats.keyField]: 1 };
}

/** The index that decides every race, proven before the first call relies on it. */
export interface KeyIndex {
  /**
   * Looks once, and again after `forget`.
   *
   * @throws ChatError `INDEX_MISSING` with what is wrong
   */
  verified(): Promise<void>;
  /** The server has refused the index: what was verified is true no longer. */
  forget(): void;
  /**
   * Looks now, while calls go on relying on the last look until this one fails.
   *
   * @throws ChatError `INDEX_MISSING` with what is wrong
   */
  recheck(): Promise<void>;
}

export function keyIndex(chats: Collection<StoredDocument>, keyField: string, deadlineMs: number): KeyIndex {
  let verifying: Promise<void> | null = null;
  const forget = (): void => {
    verifying = null;
  };
  return {
    forget,
    async recheck() {
      try {
        await verifyKeyIndex(chats, keyField);
      } catch (error) {
        forget();
        throw error;
      }
    },
    async verified() {
      verifying ??= withTimeout(deadlineMs, () => verifyKeyIndex(chats, keyField));
      try {
        await verifying;
      } catch (error) {
        forget();
        throw error;
      }
    },
  };
}

/** The collection's indexes; none where there is no collection. */
export async function existingIndexes(
  chats: Collection<StoredDocument>,
): Promise<readonly IndexDescriptionInfo[]> {
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
 * @throws ChatError `INDEX_MISSING` with what is wrong
 */
export async function verifyKeyIndex(chats: Collection<StoredDocument>, keyField: string): Promise<void> {
  const flaw = await keyIndexFlaw(chats, keyField);
  if (flaw !== null) throw new ChatError("INDEX_MISSING", flaw);
}

/**
 * The indexes that are taken for ours. One of the same field that runs the other way, or is hashed as a shard key's is,
 * stands beside it and decides nothing.
 */
export function keyIndexes(
  indexes: readonly IndexDescriptionInfo[],
  keyField: string,
): readonly IndexDescriptionInfo[] {
  return indexes.filter(({ key }) => Object.keys(key).join() === keyField && key[keyField] === 1);
}

/** What is wrong with the unique index and what mends it, or `null`. */
export async function keyIndexFlaw(
  chats: Collection<StoredDocument>,
  keyField: string,
): Promise<string | null> {
  const [index, second] = keyIndexes(await existingIndexes(chats), keyField);
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
  const locale: unknown = index.collation?.locale ?? "simple";
  return locale === "simple" ? null : "has a collation";
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
