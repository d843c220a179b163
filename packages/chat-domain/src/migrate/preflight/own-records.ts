import { ownField, type RecordName, recordName, recordNames } from "../../model/own-names.ts";
import { existingIndexes } from "../../store/key-index.ts";
import { collectionOf, type MigrationContext } from "../context/migration-context.ts";
import { otherChatsProblems, prefixAdvice } from "../context/other-chats.ts";
import { type CollectionInfo, collectionInfos } from "./collections.ts";
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
    if (info === undefined) continue;
    const kind = otherKind(info);
    if (kind !== null || (await isForeign(ctx, record)))
      problems.push(
        `the ${kind ?? "collection"} ${name} is the application's own, and onechat's records would be: ${prefixAdvice}`,
      );
  }
  if (problems.length > 0) return { problems, warnings: [] };
  problems.push(...(await otherChatsProblems(ctx)));
  problems.push(...(await otherPrefixes(ctx, infos)));
  return { problems, warnings: [] };
}

/** Under another prefix a merged duplicate would be taken for a chat like any other. */
async function otherPrefixes(
  ctx: MigrationContext,
  infos: readonly CollectionInfo[],
): Promise<readonly string[]> {
  const lock: RecordName = "migrator_locks";
  const prefixes = infos
    .filter(({ name, type }) => type === "collection" && name.endsWith(lock))
    .map(({ name }) => name.slice(0, -lock.length))
    .filter((prefix) => prefix !== ctx.model.recordsPrefix);
  const found: string[] = [];
  for (const recordsPrefix of prefixes) {
    const named = { _id: { $eq: ctx.model.chats.collection } };
    if ((await collectionOf(ctx, `${recordsPrefix}${lock}`).findOne(named)) === null) continue;
    const fields = (["mergedInto", "aliases"] as const).map((name) => ownField({ recordsPrefix }, name));
    const left = { $or: fields.map((field) => ({ [field]: { $exists: true } })) };
    if ((await ctx.chats.findOne(left, { projection: { _id: 1 } })) === null) continue;
    found.push(
      `${ctx.chats.namespace} holds what a migration with "recordsPrefix": "${recordsPrefix}" has left: go on with that, or ` +
        "take it back with it first (migrator rollback --to none)",
    );
  }
  return found;
}

/** What no collection of ours is, whatever is in it, or `null`. */
function otherKind({ type, options }: CollectionInfo): string | null {
  if (type === "view") return "view";
  if (type === "timeseries") return "time series";
  if (options["capped"] === true) return "capped collection";
  if (options["collation"] !== undefined) return "collection with a collation";
  return Object.keys((options["validator"] ?? {}) as object).length > 0
    ? "collection with a validator"
    : null;
}

async function isForeign(ctx: MigrationContext, record: RecordName): Promise<boolean> {
  const collection = collectionOf(ctx, recordName(ctx.model, record));
  // None of ours is unique.
  if ((await existingIndexes(collection)).some(({ unique }) => unique === true)) return true;
  // Asked of the server, as copies of chats may be large.
  const lacking = marks[record].map((mark) => ({ [mark]: { $exists: false } }));
  const foreign = await collection
    .aggregate([
      { $limit: sampleSize },
      { $match: { $or: lacking } },
      { $limit: 1 },
      { $project: { _id: 1 } },
    ])
    .toArray();
  return foreign.length > 0;
}
