import type { StoredDocument } from "./stored-document.ts";

/** What onechat writes into chats beside the key. */
export const ownFieldNames = [
  /** Makes a chat the tombstone of the chat that it names. */
  "mergedInto",
  /** Since when it is one. */
  "mergedAt",
  /** The ids of the duplicates that were merged into a chat. */
  "aliases",
  /** Whose contributions have been folded into a chat or a row. */
  "foldedFrom",
  /** Since when a chat is no longer *the* chat of its people. */
  "releasedAt",
  /** Since when a chat on a sealed collection is without the key that it had. Read by the validator alone. */
  "unkeyedAt",
] as const;
export type OwnFieldName = (typeof ownFieldNames)[number];

/** The collections in which onechat keeps its records. */
export const recordNames = [
  "chat_redirects",
  "chats_archive",
  "chat_rows_archive",
  "chat_merge_journal",
  "chat_merge_moves",
  "chat_originals",
  "chat_key_batches",
  "migrator_locks",
  "migrator_runs",
  "migrator_events",
] as const;
export type RecordName = (typeof recordNames)[number];

/** The part of a `ChatModel` that decides how they are called. */
interface Prefixed {
  readonly recordsPrefix: string;
}

/** A field of onechat's, as it is called in this application's chats. */
export function ownField({ recordsPrefix }: Prefixed, name: OwnFieldName): string {
  return `${recordsPrefix}${name}`;
}

/** A collection of onechat's, as it is called in this application's database. */
export function recordName({ recordsPrefix }: Prefixed, name: RecordName): string {
  return `${recordsPrefix}${name}`;
}

/** Whether a chat is no tombstone. */
export function isLive(model: Prefixed, chat: StoredDocument): boolean {
  return (chat[ownField(model, "mergedInto")] ?? null) === null;
}

/** Whether a chat is no longer to be *the* chat of its people. */
export function isReleased(model: Prefixed, chat: StoredDocument): boolean {
  return (chat[ownField(model, "releasedAt")] ?? null) !== null;
}
