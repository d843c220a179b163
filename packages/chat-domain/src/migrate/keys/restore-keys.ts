import type { Document } from "mongodb";
import { uniqueChats } from "../../model/chat-filters.ts";
import { keyField } from "../../model/stored-document.ts";
import type { KeyBatchRecord } from "../context/migration-records.ts";
import { forgetOriginals } from "../journal/originals.ts";
import type { Run } from "../run/run.ts";

/** Gives chats the keys back that stood there before the migration, each in its place among the other fields. */
export async function restoreKeys(run: Run): Promise<void> {
  const { originals } = run.ctx.records;
  for (;;) {
    const some = await originals
      .find({ key: { $exists: true } }, { projection: { key: 1 }, limit: run.batch.current() })
      .toArray();
    if (some.length === 0) return;
    await run.attempt("rollback", async () => {
      await run.write.merge("chat_originals", [
        { $match: { _id: { $in: some.map(({ _id }) => _id) } } },
        { $project: { _id: "$_id.id", key: 1 } },
        {
          $merge: {
            into: run.ctx.model.chats.collection,
            on: "_id",
            whenMatched: [{ $replaceWith: withKeyInPlace }],
            whenNotMatched: "discard",
          },
        },
      ]);
      const { collection } = run.ctx.model.chats;
      await forgetOriginals(run, { collection, ids: some.map(({ _id }) => _id.id), parts: ["key"] });
    });
    await run.attempt("rollback", () => run.checkpoint("rollback", {}));
  }
}

/** Documents are lists of fields: the key goes before the field that followed it, or to the end. */
const withKeyInPlace: Document = {
  $let: {
    vars: {
      fields: {
        $filter: { input: { $objectToArray: "$$ROOT" }, as: "field", cond: { $ne: ["$$field.k", keyField] } },
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

/** Takes away the keys that backfill has set, and no others. */
export async function unsetKeys(run: Run): Promise<void> {
  const { keyBatches } = run.ctx.records;
  for (;;) {
    const [record] = await keyBatches.find({}, { sort: { _id: 1 }, limit: 1 }).toArray();
    if (record === undefined) return;
    const unkeyed = await run.attempt("rollback", () => unsetBatch(run, record));
    run.count({ unkeyed });
    await run.attempt("rollback", () => run.checkpoint("rollback", {}));
    const counts = run.counts();
    run.ctx.tell({
      event: "progress",
      phase: "rollback",
      done: counts.restored + counts.unkeyed,
      total: null,
      counts,
      batch: unkeyed,
      batchMs: 0,
    });
  }
}

async function unsetBatch(run: Run, { _id, ids }: KeyBatchRecord): Promise<number> {
  const { ctx, write } = run;
  const keyed = await ctx.chats
    .find({ $and: [uniqueChats(ctx.model), { _id: { $in: [...ids] } }] }, { projection: { [keyField]: 1 } })
    .toArray();
  const { changed } = await write.update(
    ctx.model.chats.collection,
    keyed
      .filter((chat) => chat[keyField] !== undefined)
      .map((chat) => ({
        q: { _id: chat._id, [keyField]: chat[keyField] },
        u: { $unset: { [keyField]: "" } },
      })),
  );
  await write.delete("chat_key_batches", [{ _id }]);
  return changed;
}
