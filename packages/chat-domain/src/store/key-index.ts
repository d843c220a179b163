import type { Collection, CreateIndexesOptions, IndexDescriptionInfo } from "mongodb";
import { answeredWithin } from "../concurrency/timeout.ts";
import { ChatError } from "../errors/chat-error.ts";
import { isServerError } from "../errors/mongo-errors.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { keyField, type StoredDocument } from "../model/stored-document.ts";

export interface ChatIndex {
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly options: Readonly<CreateIndexesOptions>;
}

/** What decides the race: exactly this index, or there is no guarantee. Sparse, so that named groups need no key. */
const uniqueKeyIndex: ChatIndex = {
  key: { [keyField]: 1 },
  options: { name: "participantsKey_unique", unique: true, sparse: true, collation: { locale: "simple" } },
};

/** The indexes of the chats collection. */
export function chatIndexes(model: ChatModel): readonly ChatIndex[] {
  const listing: ChatIndex = {
    key: { [model.chats.participants]: 1, _id: -1 },
    options: { name: "participants_listing" },
  };
  return [uniqueKeyIndex, listing];
}

/**
 * With this hint the server refuses to read or write by key once the index is gone. It cannot tell a right index from
 * one that is partial, not unique, or has a collation: that takes a {@link KeyIndex}.
 */
export const keyIndexHint: Readonly<Record<string, 1>> = { [keyField]: 1 };

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

export function keyIndex(chats: Collection<StoredDocument>, deadlineMs: number): KeyIndex {
  let verifying: Promise<void> | null = null;
  const forget = (): void => {
    verifying = null;
  };
  return {
    forget,
    async recheck() {
      try {
        await verifyKeyIndex(chats);
      } catch (error) {
        forget();
        throw error;
      }
    },
    async verified() {
      verifying ??= answeredWithin(deadlineMs, () => verifyKeyIndex(chats));
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
export async function verifyKeyIndex(chats: Collection<StoredDocument>): Promise<void> {
  const flaw = await keyIndexFlaw(chats);
  if (flaw !== null) throw new ChatError("INDEX_MISSING", flaw);
}

/** What is wrong with the unique index and what mends it, or `null`. */
export async function keyIndexFlaw(chats: Collection<StoredDocument>): Promise<string | null> {
  const candidates = (await existingIndexes(chats)).filter(({ key }) => Object.keys(key).join() === keyField);
  const [index, second] = candidates;
  if (index === undefined) return described(chats, "does not exist");
  if (second !== undefined) return described(chats, "exists more than once with different options");
  const flaw = indexFlaw(index);
  return flaw === null ? null : described(chats, flaw);
}

/** Why an index on the key cannot decide a race, or `null`. */
export function indexFlaw(index: IndexDescriptionInfo): string | null {
  if (index.key[keyField] !== 1) return "is not ascending";
  if (index.unique !== true) return "is not unique";
  if (index.partialFilterExpression !== undefined) return "is partial";
  if (index.sparse !== true) return "is not sparse";
  if (index.hidden === true) return "is hidden";
  const locale: unknown = index.collation?.locale ?? "simple";
  return locale === "simple" ? null : "has a collation";
}

/** The error of a collection whose index the server has refused to use. */
export function indexRefused(chats: Collection<StoredDocument>, cause: unknown): ChatError {
  return new ChatError("INDEX_MISSING", described(chats, "cannot be used"), { cause });
}

function described(chats: Collection<StoredDocument>, flaw: string): string {
  return (
    `the unique index {${keyField}: 1} of ${chats.namespace} ${flaw}, so "exactly one chat" cannot be ` +
    "guaranteed; build it with ensureIndexes, or with: pnpm migrator up --execute --to index"
  );
}
