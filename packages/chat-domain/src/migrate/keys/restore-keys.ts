import type { Document, Filter } from "mongodb";
import { isDuplicateKey } from "../../errors/mongo-errors.ts";
import { idMap } from "../../identity/stored-ids.ts";
import { ownField, recordName } from "../../model/own-names.ts";
import type { KeyBatchRecord, OriginalRecord } from "../context/migration-records.ts";
import { park, unclaimable } from "../journal/journal.ts";
import { deleteOriginals } from "../journal/originals.ts";
import type { Run } from "../run/run.ts";
import { assertWritten } from "../run/write-outcome.ts";
import { isKey } from "./chat-validity.ts";

/**
 * Gives chats the keys back that stood there before the migration, each in its place among the other fields. Of two chats
 * that had the same key the first to lose it gets it: one that was no duplicate, then those of earlier runs. A key
 * that another chat holds by now stays there, and the chat is parked with that reason.
 */
export async function restoreKeys(run: Run): Promise<void> {
  const runs = await run.ctx.records.journal.distinct("run");
  for (const lostBy of [null, ...runs.toSorted()])
    await restoreSome(run, (records) => lostIn(run, lostBy, records));
  await restoreSome(run, (records) => Promise.resolve(records));
}

type Chosen = (records: readonly OriginalRecord[]) => Promise<readonly OriginalRecord[]>;

async function restoreSome(run: Run, chosen: Chosen): Promise<void> {
  const { originals } = run.ctx.records;
  for (let after: OriginalRecord["_id"] | null = null; ;) {
    const beyond: Filter<OriginalRecord> = after === null ? {} : { _id: { $gt: after } };
    const some: readonly OriginalRecord[] = await originals
      .find(
        { key: { $exists: true }, ...beyond },
        { projection: { key: 1 }, sort: { _id: 1 }, limit: run.batch.current() },
      )
      .toArray();
    const last = some.at(-1);
    if (last === undefined) return;
    await run.attempt("rollback", async () => restoreBatch(run, await chosen(some)));
    await run.attempt("rollback", () => run.checkpoint("rollback", {}));
    after = last._id;
  }
}

/** Those that became duplicates in this run, or in none. */
async function lostIn(
  { ctx }: Run,
  run: string | null,
  records: readonly OriginalRecord[],
): Promise<readonly OriginalRecord[]> {
  const ids = records.map(({ _id }) => _id.id);
  const entries = await ctx.records.journal.find({ _id: { $in: ids } }, { projection: { run: 1 } }).toArray();
  const runOf = idMap(entries.map((entry) => [entry._id, entry.run] as const));
  return records.filter(({ _id }) => (runOf.get(_id.id) ?? null) === run);
}

/** All at once; one by one where a unique index of the application's lets somebody keep the key that he holds. */
async function restoreBatch(run: Run, records: readonly OriginalRecord[]): Promise<void> {
  const [only] = records;
  if (only === undefined) return;
  try {
    await writeBack(run, records);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    if (records.length === 1) await parkWithoutKey(run, only);
    else for (const record of records) await restoreBatch(run, [record]);
    return;
  }
  await forgetKeys(run, records);
}

async function writeBack(run: Run, records: readonly OriginalRecord[]): Promise<void> {
  const { model } = run.ctx;
  await run.write.merge(recordName(model, "chat_originals"), [
    { $match: { _id: { $in: records.map(({ _id }) => _id) } } },
    { $project: { _id: "$_id.id", key: 1 } },
    {
      $merge: {
        into: model.chats.collection,
        on: "_id",
        whenMatched: [{ $replaceWith: withKeyInPlace(model.chats.keyField) }],
        whenNotMatched: "discard",
      },
    },
  ]);
}

async function parkWithoutKey(run: Run, record: OriginalRecord): Promise<void> {
  const reason = "the key that it had before the migration is held by another chat, and stays there";
  await park(run, [unclaimable(record._id.id, reason)]);
  await forgetKeys(run, [record]);
}

function forgetKeys(run: Run, records: readonly OriginalRecord[]): Promise<void> {
  const { collection } = run.ctx.model.chats;
  return deleteOriginals(run, { collection, ids: records.map(({ _id }) => _id.id), parts: ["key"] });
}

/** Documents are lists of fields: the key goes before the field that followed it, or to the end. */
function withKeyInPlace(keyField: string): Document {
  return {
    $let: {
      vars: {
        fields: {
          $filter: {
            input: { $objectToArray: "$$ROOT" },
            as: "field",
            cond: { $ne: ["$$field.k", keyField] },
          },
        },
      },
      in: {
        $let: {
          vars: {
            found: { $indexOfArray: ["$$fields.k", "$$new.key.followedBy"] },
            count: { $size: "$$fields" },
          },
          in: {
            $let: {
              vars: { at: { $cond: [{ $lt: ["$$found", 0] }, "$$count", "$$found"] } },
              in: {
                $arrayToObject: {
                  $concatArrays: [
                    { $cond: [{ $eq: ["$$at", 0] }, [], { $slice: ["$$fields", "$$at"] }] },
                    [{ k: keyField, v: "$$new.key.value" }],
                    {
                      $cond: [
                        { $eq: ["$$at", "$$count"] },
                        [],
                        { $slice: ["$$fields", "$$at", { $subtract: ["$$count", "$$at"] }] },
                      ],
                    },
                  ],
                },
              },
            },
          },
        },
      },
    },
  };
}

/** How many writes of the migration this rollback has taken back. */
export function undone(run: Run): number {
  const { restored, unkeyed } = run.counts();
  return restored + unkeyed;
}

/** Takes away the keys that backfill has set, and no others. */
export async function unsetKeys(run: Run): Promise<void> {
  const { keyBatches } = run.ctx.records;
  for (;;) {
    const [record] = await keyBatches.find({}, { sort: { _id: 1 }, limit: 1 }).toArray();
    if (record === undefined) return;
    const unkeyed = await run.attempt("rollback", () => unsetBatch(run, record));
    run.count({ unkeyed });
    await run.attempt("rollback", () => run.checkpoint("rollback", {}));
    run.progress("rollback", { done: undone(run), batch: unkeyed });
  }
}

async function unsetBatch(run: Run, { _id, ids }: KeyBatchRecord): Promise<number> {
  const { ctx, write } = run;
  const { collection, keyField } = ctx.model.chats;
  const keyed = await ctx.chats.find({ _id: { $in: [...ids] } }, { projection: { [keyField]: 1 } }).toArray();
  const outcome = await write.update(
    collection,
    keyed
      .filter((chat) => isKey(chat[keyField]))
      .map((chat) => ({
        q: { _id: chat._id, [keyField]: chat[keyField] },
        u: { $unset: { [keyField]: "" } },
      })),
  );
  assertWritten(collection, outcome);
  await write.delete(recordName(ctx.model, "chat_key_batches"), [{ _id }]);
  return outcome.changed;
}

/** What only the validator of a sealed collection reads, and the migration has set, goes with the seal. */
export async function removeUnkeyed(run: Run): Promise<void> {
  const { ctx, write } = run;
  const { collection } = ctx.model.chats;
  for (;;) {
    const some = await ctx.records.originals
      .find({ unkeyedAt: { $exists: true } }, { projection: { _id: 1 }, limit: run.batch.current() })
      .toArray();
    if (some.length === 0) return;
    const ids = some.map(({ _id }) => _id.id);
    const unset = { $unset: { [ownField(ctx.model, "unkeyedAt")]: "" } };
    assertWritten(
      collection,
      await write.update(
        collection,
        ids.map((id) => ({ q: { _id: id }, u: unset })),
      ),
    );
    await deleteOriginals(run, { collection, ids, parts: ["unkeyedAt"] });
  }
}
