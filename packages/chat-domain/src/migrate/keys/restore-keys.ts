import type { Document } from "mongodb";
import { keyField } from "../../chat-document.ts";
import { forgetOriginals } from "../merge/originals.ts";
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
