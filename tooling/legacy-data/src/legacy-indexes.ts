import type { CreateIndexesOptions } from "mongodb";
import type { LegacyShape } from "./legacy-options.ts";

export interface LegacyIndex {
  readonly collection: string;
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly options: Readonly<CreateIndexesOptions>;
}

const indexes: Readonly<Record<LegacyShape, readonly LegacyIndex[]>> = {
  onechat: [
    { collection: "messages", key: { chatId: 1 }, options: {} },
    { collection: "members", key: { chatId: 1, userId: 1 }, options: { unique: true } },
  ],
  // The tutorial has none: not even for reading a chat's messages.
  mern: [],
  rocketchat: [
    { collection: "messages", key: { rid: 1, ts: 1 }, options: {} },
    { collection: "subscriptions", key: { rid: 1, "u._id": 1 }, options: { unique: true } },
    { collection: "uploads", key: { "room.rid": 1 }, options: {} },
    { collection: "folders", key: { rids: 1 }, options: {} },
  ],
};

/** The indexes that the application itself has. */
export function legacyIndexes(shape: LegacyShape): readonly LegacyIndex[] {
  return indexes[shape];
}
