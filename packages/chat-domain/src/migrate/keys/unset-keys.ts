import type { Filter } from "mongodb";
import { keyField, type StoredDocument } from "../../chat-document.ts";
import { uniqueChats } from "../../chat-filters.ts";
import type { NativeId } from "../../native-id.ts";
import { idText } from "../merge/id-map.ts";
import type { KeyBatchRecord } from "../migration-records.ts";
import type { Run } from "../run/run.ts";
import { nextChats } from "./scan-chats.ts";

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

async function unsetBatch(run: Run, { _id, first, last, except }: KeyBatchRecord): Promise<number> {
  const { ctx, write } = run;
  const filter: Filter<StoredDocument> = {
    $and: [uniqueChats(ctx.model), { [keyField]: { $exists: true } }, { _id: { $nin: [...except] } }],
  };
  let unkeyed = 0;
  for await (const chats of chatsBetween(run, { filter, first, last })) {
    const { n } = await write.update(
      ctx.model.chats.collection,
      chats.map((chat) => ({
        q: { _id: chat._id, [keyField]: chat[keyField] },
        u: { $unset: { [keyField]: "" } },
      })),
    );
    unkeyed += n;
  }
  await write.delete("chat_key_batches", [{ _id }]);
  return unkeyed;
}

interface Span {
  readonly filter: Filter<StoredDocument>;
  readonly first: NativeId;
  /** Belongs to it. */
  readonly last: NativeId;
}

async function* chatsBetween(
  { ctx, batch }: Run,
  { filter, first, last }: Span,
): AsyncGenerator<readonly StoredDocument[]> {
  yield await ctx.chats.find({ $and: [{ _id: last }, filter] }, { projection: { [keyField]: 1 } }).toArray();
  const range = { from: first, below: last };
  for (let after: NativeId = first; idText(after) !== idText(last);) {
    const begins = after === first;
    const chats = await nextChats(ctx, {
      filter,
      after: begins ? null : after,
      limit: batch.current(),
      range,
    });
    const end = chats.at(-1);
    if (end === undefined) return;
    yield chats;
    after = end._id;
  }
}
