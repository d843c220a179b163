import type { Collection } from "mongodb";
import { keyField, type StoredDocument } from "./chat-document.ts";
import { ChatError } from "./chat-error.ts";

/** The error of a collection that cannot give the guarantee, with what mends it. */
export function indexMissing(chats: Collection<StoredDocument>, flaw: string, cause?: unknown): ChatError {
  const message =
    `the unique index {${keyField}: 1} of ${chats.namespace} ${flaw}, so "exactly one chat" cannot be ` +
    "guaranteed; build it with ensureIndexes, or with: pnpm migrator up --execute --to index";
  return new ChatError("INDEX_MISSING", message, { cause });
}
