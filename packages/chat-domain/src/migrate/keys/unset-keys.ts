import { keyField } from "../../chat-document.ts";
import { uniqueChats } from "../../chat-filters.ts";
import type { KeyBatchRecord } from "../migration-records.ts";
import type { Run } from "../run/run.ts";

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
