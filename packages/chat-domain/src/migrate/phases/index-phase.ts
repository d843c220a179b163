import { recordName } from "../../model/own-names.ts";
import type { Document } from "mongodb";
import { isDuplicateKey, isServerError } from "../../errors/mongo-errors.ts";
import { chatIndexes, existingIndexes, verifyKeyIndex } from "../../store/key-index.ts";
import { recordIndexes } from "../context/migration-records.ts";
import { releaseDoubledKeys } from "../keys/doubled-keys.ts";
import { supersededIndexes } from "../keys/superseded-indexes.ts";
import { missingReferenceIndexes } from "../preflight/reference-indexes.ts";
import type { Run } from "../run/run.ts";
import { renewSeal } from "./seal-phase.ts";

/** How often chats may get equal keys between a repair and the build, before somebody has to stop that. */
const attempts = 10;

/**
 * Builds the unique index first: from then on no second holder of a key can exist. Only where chats hold equal keys, made
 * while there was no index, is it refused, and only there does any chat lose its key.
 */
export async function indexPhase(run: Run): Promise<void> {
  const { ctx } = run;
  await buildRecordIndexes(run);
  for (const { collection, field } of await missingReferenceIndexes(ctx)) {
    await build(run, collection, { key: { [field]: 1 }, name: `${field}_1` });
  }
  await renewSeal(run);
  const existing = await existingIndexes(ctx.chats);
  for (const { key, options } of chatIndexes(ctx.model)) {
    if (existing.some((other) => JSON.stringify(other.key) === JSON.stringify(key))) continue;
    const index = { key, ...options };
    if (ctx.model.chats.keyField in key) await buildKeyIndex(run, index);
    else await build(run, ctx.model.chats.collection, index);
  }
  await dropSupersededIndexes(run);
  await verifyKeyIndex(ctx.chats, ctx.model.chats.keyField);
}

/** A rollback needs them as well: the run before may have been killed before its first phase, or be an earlier version's. */
export async function buildRecordIndexes({ ctx, write }: Run): Promise<void> {
  const collections = [...new Set(recordIndexes.map(({ collection }) => collection))];
  // At once, because the server waits for its disk at each.
  await Promise.all(
    collections.map((name) =>
      write.administer({
        createIndexes: recordName(ctx.model, name),
        indexes: recordIndexes
          .filter(({ collection }) => collection === name)
          .map(({ collection: _collection, ...index }) => index),
      }),
    ),
  );
}

async function buildKeyIndex(run: Run, index: Readonly<Document>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await build(run, run.ctx.model.chats.collection, index);
    } catch (error) {
      if (attempt >= attempts || !isDuplicateKey(error)) throw error;
      await releaseDoubledKeys(run);
    }
  }
}

/** An index of an earlier version gives way to the one that does its work. Remembered before it goes. */
async function dropSupersededIndexes(run: Run): Promise<void> {
  const { ctx, write } = run;
  const { collection } = ctx.model.chats;
  for (const { v: _version, ns: _namespace, ...index } of await supersededIndexes(ctx)) {
    await write.update(recordName(ctx.model, "migrator_runs"), [
      { q: { _id: run.id }, u: { $addToSet: { droppedIndexes: { collection, index } } } },
    ]);
    await drop(run, collection, index.name);
  }
}

/** Remembers that the index is ours before it is built, so that a rollback to none drops it, and no other. */
async function build(run: Run, collection: string, index: Readonly<Document>): Promise<void> {
  const { ctx, write } = run;
  const built = { collection, name: index["name"] };
  await write.update(recordName(ctx.model, "migrator_runs"), [
    { q: { _id: run.id }, u: { $addToSet: { builtIndexes: built } } },
  ]);
  ctx.emit({ event: "note", message: `building index ${JSON.stringify(index["key"])} of ${collection}` });
  await write.administer({ createIndexes: collection, indexes: [index] });
}

const goneAlready: ReadonlySet<string | undefined> = new Set(["IndexNotFound", "NamespaceNotFound"]);

async function drop({ write }: Run, collection: string, index: unknown): Promise<void> {
  try {
    await write.administer({ dropIndexes: collection, index });
  } catch (error) {
    if (!isServerError(error) || !goneAlready.has(error.codeName)) throw error;
  }
}

/** Drops the indexes that the migration has built, and no others; builds those again that it has dropped. */
export async function restoreIndexes(run: Run): Promise<void> {
  const { ctx, write } = run;
  const touched = [{ "builtIndexes.0": { $exists: true } }, { "droppedIndexes.0": { $exists: true } }];
  const runs = await ctx.records.runs.find({ $or: touched }).toArray();
  const built = runs.flatMap(({ builtIndexes }) => builtIndexes);
  for (const { collection, name } of built) await drop(run, collection, name);
  for (const { collection, index } of runs.flatMap(({ droppedIndexes = [] }) => droppedIndexes)) {
    // One that an earlier run has built was not there before the migration.
    if (built.some((one) => one.collection === collection && one.name === index["name"])) continue;
    await write.administer({ createIndexes: collection, indexes: [index] });
  }
  await write.update(
    recordName(ctx.model, "migrator_runs"),
    runs.map(({ _id }) => ({
      q: { _id },
      u: { $set: { builtIndexes: [] }, $unset: { droppedIndexes: "" } },
    })),
  );
}
