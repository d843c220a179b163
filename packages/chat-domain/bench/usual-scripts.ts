// What a team would write by hand for the same jobs: one document after another, every write awaited.
import type { Collection, WriteConcernSettings } from "mongodb";
import { participantsKey } from "../src/index.ts";
import type { JournalEntry } from "../src/migrate/index.ts";
import type { NativeId } from "../src/identity/native-id.ts";
import type { LegacyDatabase } from "./legacy-database.ts";

/** As the migration writes. */
export const durable: WriteConcernSettings = { w: "majority", journal: true };

/** Sets the key of so many chats, and returns of how many. */
export async function usualBackfill(
  { db, config: { chats } }: LegacyDatabase,
  writeConcern: WriteConcernSettings,
  limit: number,
): Promise<number> {
  const collection = db.collection(chats.collection, { writeConcern });
  let done = 0;
  for await (const chat of collection.find({ ...chats.where }, { limit })) {
    const key = participantsKey(chat[chats.participants] as readonly unknown[]);
    await collection.updateOne({ _id: chat._id }, { $set: { participantsKey: key } });
    done += 1;
  }
  return done;
}

interface ScriptDocument {
  readonly _id: NativeId;
  readonly aliases?: readonly NativeId[];
  readonly mergedInto?: NativeId | null;
  readonly to?: NativeId | null;
  readonly document?: unknown;
}

/** Merges so many planned duplicates, without folding any field, and returns how many. */
export async function usualMerge({ db, config }: LegacyDatabase, limit: number): Promise<number> {
  const planned = await db
    .collection<JournalEntry>("chat_merge_journal")
    .find({ state: "planned" }, { limit, sort: { survivor: 1, _id: 1 } })
    .toArray();
  const own = (name: string): Collection<ScriptDocument> => db.collection(name, { writeConcern: durable });
  const chats = own(config.chats.collection);
  for (const { _id: loser, survivor } of planned) {
    await chats.updateOne({ _id: survivor ?? loser }, { $addToSet: { aliases: loser } });
    await chats.updateOne({ _id: loser }, { $set: { mergedInto: survivor } });
    const document = await chats.findOne({ _id: loser });
    await own("usual_archive").insertOne({ _id: loser, document });
    await own("usual_redirects").insertOne({ _id: loser, to: survivor });
    for (const { collection, field } of config.references) {
      await db
        .collection(collection, { writeConcern: durable })
        .updateMany({ [field]: loser }, { $set: { [field]: survivor } });
    }
  }
  return planned.length;
}
