const yearInSeconds = 365 * 24 * 60 * 60;

interface RecordIndex {
  readonly collection: string;
  readonly name: string;
  readonly key: Readonly<Record<string, 1>>;
  readonly expireAfterSeconds?: number;
  readonly partialFilterExpression?: Readonly<Record<string, string>>;
}

/** The indexes of the migration's own collections. */
export const recordIndexes: readonly RecordIndex[] = [
  { collection: "chat_merge_journal", name: "work", key: { state: 1, survivor: 1, _id: 1 } },
  { collection: "chat_merge_journal", name: "survivor", key: { survivor: 1, state: 1 } },
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
