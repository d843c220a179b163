import { type RecordName, recordName, recordNames } from "../../model/own-names.ts";
import { type StoredDocument, valueAt } from "../../model/stored-document.ts";
import { existingIndexes } from "../../store/key-index.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { collectionInfos } from "./collections.ts";
import type { PreflightReport } from "./findings.ts";

/** What every document of a record collection has. */
const marks: Readonly<Record<RecordName, readonly string[]>> = {
  chat_redirects: ["to", "since"],
  chats_archive: ["_id.id", "document"],
  chat_rows_archive: ["_id.id", "document"],
  chat_merge_journal: ["state", "run"],
  chat_merge_moves: ["_id.loser", "ids"],
  chat_originals: ["_id.collection", "_id.id"],
  chat_key_batches: ["ids", "run"],
  migrator_locks: ["fence"],
  migrator_runs: ["command", "fence"],
  migrator_events: ["event", "at"],
};

/** Enough to tell whose a collection is: what is not ours was there before. */
const sampleSize = 20;

/** Collections of the application that bear names of ours, and records of another collection of chats. */
export async function foreignRecords(ctx: MigrationContext): Promise<PreflightReport> {
  const problems: string[] = [];
  const infos = await collectionInfos(ctx);
  for (const record of recordNames) {
    const name = recordName(ctx.model, record);
    const info = infos.find((one) => one.name === name);
    if (info !== undefined && (info.type !== "collection" || (await isForeign(ctx, record))))
      problems.push(
        `the collection ${name} is the application's own, and onechat's records would be: ${wayOut}`,
      );
  }
  if (problems.length > 0) return { problems, warnings: [] };
  const other = await ctx.records.locks.findOne({ _id: { $ne: ctx.model.chats.collection } });
  if (other !== null)
    problems.push(
      `the records in ${ctx.db.databaseName} are of the chats in ${other._id}, not of ${ctx.chats.collectionName}: ${wayOut}`,
    );
  return { problems, warnings: [] };
}

const wayOut = 'give onechat\'s names a prefix, such as "recordsPrefix": "onechat_"';

async function isForeign(ctx: MigrationContext, record: RecordName): Promise<boolean> {
  const collection = collectionOf(ctx, recordName(ctx.model, record));
  // None of ours is unique.
  if ((await existingIndexes(collection)).some(({ unique }) => unique === true)) return true;
  const sample: readonly StoredDocument[] = await collection.find({}, { limit: sampleSize }).toArray();
  return sample.some((document) => marks[record].some((mark) => valueAt(document, mark) === undefined));
}
