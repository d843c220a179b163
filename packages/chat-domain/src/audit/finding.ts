import type { NativeId } from "../identity/native-id.ts";

/** What an audit can find wrong. Closed: whoever reads findings can tell them all apart. */
export const findingCodes = [
  /** The unique index is not there or not right: nothing else can be relied on. */
  "INDEX_MISSING",
  /** A live chat that is unique by its participants has no key. */
  "KEYLESS_CHAT",
  /** A live chat has a key that is not that of its participants. */
  "WRONG_KEY",
  /** A chat that `where` does not select, or a tombstone, holds a key, which nobody else can have. */
  "MISPLACED_KEY",
  /** A tombstone, or a duplicate the journal calls merged, lacks one of the things that make it findable for ever. */
  "JOURNAL_MISSING",
  "COPY_MISSING",
  "REDIRECT_MISSING",
  "ALIAS_MISSING",
  /** What a duplicate was merged into is no live chat with a key. */
  "SURVIVOR_MISSING",
  /** The journal calls a duplicate merged, but it is a live chat. */
  "TOMBSTONE_MISSING",
  /** A document refers to a duplicate that was merged. */
  "REFERENCE_TO_LOSER",
  /** A document that followed a duplicate to its survivor is gone, or points elsewhere. */
  "REFERENCE_LOST",
  /** What was folded from a duplicate cannot be told from its survivor any more: somebody has replaced that as a whole. */
  "CONTRIBUTION_LOST",
  /** A duplicate, or what it was merged into, is a chat of other people by now: what is sent to it stays there. */
  "DRIFTED_DUPLICATE",
  /** A merge or a rollback was begun and not ended. */
  "UNFINISHED_MERGE",
  /** A chat is set aside for a person to decide. */
  "PARKED",
] as const;
export type FindingCode = (typeof findingCodes)[number];

export interface Finding {
  readonly code: FindingCode;
  /** What is wrong, without ids of people. */
  readonly message: string;
  /** The chat that it is about, if it is about one. */
  readonly chat: NativeId | null;
  /** The referencing document, if it is about one. */
  readonly reference: { readonly collection: string; readonly id: NativeId } | null;
}
