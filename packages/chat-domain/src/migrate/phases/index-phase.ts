import type { Document } from "mongodb";
import { isDuplicateOf, isServerError } from "../../errors/mongo-errors.ts";
import { keyField, type StoredDocument } from "../../model/stored-document.ts";
import { chatIndexes, existingIndexes, verifyKeyIndex } from "../../store/key-index.ts";
import { recordIndexes } from "../context/migration-records.ts";
import { rememberKeys } from "../journal/originals.ts";
import { missingReferenceIndexes } from "../preflight/reference-indexes.ts";
import type { Run } from "../run/run.ts";

/** How often an old version may write keys of its own between clearing and building, before that is a failure. */
const attempts = 3;

/**
 * Builds the unique index first, while nobody holds a key: from then on no second holder of one can exist. Keys that
 * stand there without it guarantee nothing; they are remembered, taken away, and computed anew by backfill.
 */
export async function indexPhase(run: Run): Promise<void> {
  const { ctx } = run;
  for (const { collection, ...index } of recordIndexes) await build(run, collection, index, false);
  for (const { collection, field } of await missingReferenceIndexes(ctx)) {
    await build(run, collection, { key: { [field]: 1 }, name: `${field}_1` }, true);
  }
  const existing = await existingIndexes(ctx.chats);
  for (const { key, options } of chatIndexes(ctx.model)) {
    if (existing.some((other) => JSON.stringify(other.key) === JSON.stringify(key))) continue;
    const index = { key, ...options };
    if (keyField in key) await buildKeyIndex(run, index);
    else await build(run, ctx.model.chats.collection, index, true);
  }
  await verifyKeyIndex(ctx.chats);
}

async function buildKeyIndex(run: Run, index: Readonly<Document>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await clearKeys(run);
    try {
      return await build(run, run.ctx.model.chats.collection, index, true);
    } catch (error) {
      if (attempt >= attempts || !isDuplicateOf(error, keyField)) throw error;
    }
  }
}

async function clearKeys(run: Run): Promise<void> {
  const { ctx, write } = run;
  for (;;) {
    const keyed: readonly StoredDocument[] = await ctx.chats
      .find({ [keyField]: { $exists: true } }, { projection: { [keyField]: 1 }, limit: run.batch.current() })
      .toArray();
    if (keyed.length === 0) return;
    await rememberKeys(
      run,
      keyed.map(({ _id }) => _id),
    );
    await write.update(
      ctx.model.chats.collection,
      keyed.map((chat) => ({
        q: { _id: chat._id, [keyField]: chat[keyField] },
        u: { $unset: { [keyField]: "" } },
      })),
    );
    await run.checkpoint("index", {});
  }
}

/** Remembers that the index is ours before it is built, so that a rollback to none drops it, and no other. */
async function build(
  run: Run,
  collection: string,
  index: Readonly<Document>,
  droppable: boolean,
): Promise<void> {
  const { ctx, write } = run;
  if (droppable) {
    const built = { collection, name: index["name"] };
    await write.update("migrator_runs", [{ q: { _id: run.id }, u: { $addToSet: { builtIndexes: built } } }]);
    ctx.tell({ event: "note", message: `building index ${JSON.stringify(index["key"])} of ${collection}` });
  }
  await write.administer({ createIndexes: collection, indexes: [index] });
}

const goneAlready: ReadonlySet<string | undefined> = new Set(["IndexNotFound", "NamespaceNotFound"]);

/** Drops the indexes that the migration has built, and no others. */
export async function restoreIndexes(run: Run): Promise<void> {
  const { ctx, write } = run;
  const runs = await ctx.records.runs.find({ "builtIndexes.0": { $exists: true } }).toArray();
  for (const { collection, name } of runs.flatMap(({ builtIndexes }) => builtIndexes)) {
    try {
      await write.administer({ dropIndexes: collection, index: name });
    } catch (error) {
      if (!isServerError(error) || !goneAlready.has(error.codeName)) throw error;
    }
  }
  await write.update(
    "migrator_runs",
    runs.map(({ _id }) => ({ q: { _id }, u: { $set: { builtIndexes: [] } } })),
  );
}
