import { majorityRead } from "../../store/majority.ts";
import { recordName, type RecordName } from "../../model/own-names.ts";
import type { Collection, Db, ObjectId } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import type { RecordedModel } from "../../store/recorded-model.ts";
import type { RunCounts, RunOutcome } from "./migration-event.ts";

/** What became of one duplicate; `_id` is its id. An intent and outcome log: the steps themselves show in the data. */
export interface JournalEntry {
  readonly _id: NativeId;
  /** `null` for a parked chat that is no duplicate. */
  readonly survivor: NativeId | null;
  readonly state: JournalState;
  /** Why it is parked, in words and in kind. */
  readonly reason?: string;
  readonly kind?: ParkedKind;
  /** How often it was merged: a rollback and a second `up` make it 2. */
  readonly epoch: number;
  readonly plannedAt: Date;
  readonly mergedAt?: Date;
  /** Content hash of the version that purge has deleted. */
  readonly purgedHash?: string;
  /** Since when the migration itself has released it: it was brought back alone. A full rollback removes that. */
  readonly releasedAt?: Date;
  readonly run: string;
}

/**
 * `invalid`: the document itself is at fault, and every run looks whether it still is. `unclaimable`, `unmergeable`: the
 * server refuses what would be written; tried again on demand.
 */
export type ParkedKind = "invalid" | "unclaimable" | "unmergeable";

/** States in which the duplicate is a tombstone. */
export const mergedStates = ["merged", "settled", "purged"] as const;

export type JournalState =
  | "planned"
  | (typeof mergedStates)[number]
  /** It cannot be worked on; `reason` says why. Left as it is. */
  | "parked"
  /** The application deleted it before it was merged. */
  | "gone"
  | "rolling-back"
  | "rolled-back";

/** The referencing documents of one batch that follow a duplicate to its survivor. Written before they move. */
export interface MovesRecord {
  readonly _id: MovesId;
  readonly loser: NativeId;
  readonly survivor: NativeId;
  readonly ids: readonly NativeId[];
  /** What they held, and hold since: of a scalar just that, of an array the values of both chats; their ids unless given. */
  readonly from?: NativeId;
  readonly to?: NativeId;
  /** In an array of documents, or among the keys of a map. */
  readonly isInside?: boolean;
  /** When that was: where several duplicates have become one there, the order matters. None where an earlier version moved. */
  readonly at?: Date;
  /** Whether all of them are known to have moved, of what is inside. */
  readonly isMade?: boolean;
  /** What a rollback could not give back, as something stands in its way: a later one does. */
  readonly isStaying?: boolean;
}

export interface MovesId {
  readonly loser: NativeId;
  readonly collection: string;
  readonly field: string;
  /** The form in which the field holds the id: a chat with an ObjectId may be referred to by its hex text. */
  readonly form: "native" | "text" | "array";
  readonly digest: string;
}

/** A copy of a duplicate, or of a row that could not follow it; insert-only. */
export interface ArchiveRecord {
  readonly _id: { readonly id: NativeId; readonly hash: string };
  readonly collection: string;
  /** The chat that was merged, and what it was merged into. */
  readonly loser: NativeId;
  readonly survivor: NativeId;
  /** For a row: the survivor's row that stands for it. */
  readonly into?: NativeId;
  /** For a row: the name of the reference by which it could not follow; none where an earlier version copied. */
  readonly by?: string;
  readonly epoch: number;
  /** The newest copy of a document has the greatest, also when it is one that was seen before. None where an earlier version copied. */
  readonly seq?: number;
  /** Whether it has been folded: `marked` in the document that it went into, or `purged`, when that mark is gone. */
  readonly folded?: {
    readonly state: "marked" | "purged";
    readonly at?: number;
    readonly written?: unknown;
  };
  /** Elements that a rollback has given back to the document, as digests. */
  readonly returned?: readonly string[];
  readonly archivedAt: Date;
  readonly document: StoredDocument;
}

/** What a document held before the migration changed it, written once. */
export interface OriginalRecord {
  readonly _id: { readonly collection: string; readonly id: NativeId };
  /** The key that stood there, and the field that followed it. */
  readonly key?: { readonly value: unknown; readonly followedBy: string | null };
  /** Whether the migration has set the field of this name. */
  readonly unkeyedAt?: true;
  /** The top-level fields in which something folds, whole; absent ones are among the names alone. */
  readonly folded?: {
    readonly names: readonly string[];
    readonly document: Readonly<Record<string, unknown>>;
  };
  /** As an earlier version saved them: by their position in the model; and those whole which hold what lies deeper. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly roots?: Readonly<Record<string, unknown>>;
  /** An array of chat ids before the first loser was taken from it, by its field; of what lies deeper the whole field. */
  readonly [array: `array:${string}`]: unknown;
  /** The counters that a recount has written, by their position. */
  readonly recounted?: Readonly<Record<string, number>>;
}

/** Chats that the migration sets a key in. Written before it does. */
export interface KeyBatchRecord {
  readonly _id: ObjectId;
  readonly ids: readonly NativeId[];
  readonly run: string;
}

export interface RunRecord {
  readonly _id: string;
  readonly command: "up" | "rollback";
  readonly to: string;
  readonly state: "running" | "failed" | RunOutcome;
  readonly startedAt: Date;
  readonly endedAt?: Date;
  readonly host: string;
  readonly pid: number;
  readonly fence: number;
  /** Digest of the model: an unfinished run is only resumed with the same one. */
  readonly model: string;
  /** Digest of folds and references; absent where an earlier version has run. */
  readonly merging?: string;
  /** Of whom the chats are, as the new version has to say it too; absent where an earlier version has run. */
  readonly chatModel?: RecordedModel;
  readonly phase: string | null;
  /** Where backfill's first pass goes on; absent before it begins, `null` once it is over. */
  readonly lastId?: NativeId | null;
  readonly counts: RunCounts;
  readonly batch: number;
  readonly error?: string;
  /** Indexes that were built, to be dropped by a rollback to none. */
  readonly builtIndexes: readonly { readonly collection: string; readonly name: string }[];
  /** Indexes of an earlier version that gave way to others, as `listIndexes` told them: a rollback to none restores them. */
  readonly droppedIndexes?: readonly {
    readonly collection: string;
    readonly index: Readonly<Record<string, unknown>>;
  }[];
  /** The validator that stood there before seal, as `listCollections` tells it. */
  readonly sealedFrom?: Readonly<Record<string, unknown>>;
}

/** What happened, append-only. */
export interface EventRecord {
  readonly _id: ObjectId;
  readonly at: Date;
  readonly run: string | null;
  readonly event: string;
  readonly host: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface LockRecord {
  /** The chats collection. */
  readonly _id: string;
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  readonly command: string;
  /** Grows with every acquisition. */
  readonly fence: number;
  /** Server time. */
  readonly leaseUntil: Date;
  readonly heartbeatAt: Date;
  /** What an operator wants; read at every checkpoint. */
  readonly control?: LockControl;
}

export interface LockControl {
  readonly action: "pause" | "abort";
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
}

export interface MigrationRecords {
  readonly journal: Collection<JournalEntry>;
  readonly moves: Collection<MovesRecord>;
  readonly archive: Collection<ArchiveRecord>;
  readonly rowsArchive: Collection<ArchiveRecord>;
  readonly originals: Collection<OriginalRecord>;
  readonly keyBatches: Collection<KeyBatchRecord>;
  readonly runs: Collection<RunRecord>;
  readonly events: Collection<EventRecord>;
  readonly locks: Collection<LockRecord>;
}

export function migrationRecords(db: Db, model: ChatModel): MigrationRecords {
  return {
    journal: db.collection(recordName(model, "chat_merge_journal"), majorityRead),
    moves: db.collection(recordName(model, "chat_merge_moves"), majorityRead),
    archive: db.collection(recordName(model, "chats_archive"), majorityRead),
    rowsArchive: db.collection(recordName(model, "chat_rows_archive"), majorityRead),
    originals: db.collection(recordName(model, "chat_originals"), majorityRead),
    keyBatches: db.collection(recordName(model, "chat_key_batches"), majorityRead),
    runs: db.collection(recordName(model, "migrator_runs"), majorityRead),
    events: db.collection(recordName(model, "migrator_events"), majorityRead),
    locks: db.collection(recordName(model, "migrator_locks"), majorityRead),
  };
}

const yearInSeconds = 365 * 24 * 60 * 60;

interface RecordIndex {
  readonly collection: RecordName;
  readonly name: string;
  readonly key: Readonly<Record<string, 1>>;
  readonly expireAfterSeconds?: number;
  readonly partialFilterExpression?: Readonly<Record<string, string>>;
}

/** The indexes of the migration's own collections. */
export const recordIndexes: readonly RecordIndex[] = [
  { collection: "chat_merge_journal", name: "work", key: { state: 1, survivor: 1, _id: 1 } },
  { collection: "chat_merge_journal", name: "survivor", key: { survivor: 1, state: 1 } },
  { collection: "chat_redirects", name: "values", key: { "values.from": 1 } },
  { collection: "chat_merge_moves", name: "loser", key: { loser: 1 } },
  {
    collection: "chat_merge_moves",
    name: "arrays",
    key: { ids: 1 },
    partialFilterExpression: { "_id.form": "array" },
  },
  { collection: "chats_archive", name: "id", key: { "_id.id": 1 } },
  { collection: "chats_archive", name: "survivor", key: { survivor: 1 } },
  { collection: "chat_rows_archive", name: "id", key: { "_id.id": 1 } },
  { collection: "chat_rows_archive", name: "loser", key: { loser: 1 } },
  { collection: "chat_rows_archive", name: "into", key: { into: 1 } },
  { collection: "chat_originals", name: "id", key: { "_id.id": 1 } },
  { collection: "migrator_events", name: "expiry", key: { at: 1 }, expireAfterSeconds: yearInSeconds },
];

/** One duplicate on its way into its survivor. */
export interface Merge {
  readonly loser: NativeId;
  readonly survivor: NativeId;
  readonly epoch: number;
}

/** The merge that an entry speaks of; none where it speaks of a parked chat that is no duplicate. */
export function mergeOf({ _id, survivor, epoch }: JournalEntry): readonly Merge[] {
  return survivor === null ? [] : [{ loser: _id, survivor, epoch }];
}

/** The ids of the duplicates of merges. */
export function losersOf(merges: readonly Pick<Merge, "loser">[]): readonly NativeId[] {
  return merges.map(({ loser }) => loser);
}
