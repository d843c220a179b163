import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, idMap } from "../../../identity/stored-ids.ts";
import { recordName } from "../../../model/own-names.ts";
import type { MovesRecord } from "../../context/migration-records.ts";
import { arrayPart, deleteOriginals, laterPart } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import type { Upsert } from "../../run/write-statements.ts";
import { asStored } from "./as-stored.ts";
import { byReference, moveRecordedBack } from "./move-back.ts";
import { type Stay, tellStays } from "./stays.ts";

/** Once documents are back, nobody has to know any more that they moved; of those that stay that is kept. */
export async function forgetMoves(
  run: Run,
  records: readonly MovesRecord[],
  stays: readonly Stay[],
): Promise<void> {
  const name = recordName(run.ctx.model, "chat_merge_moves");
  const kept = keptRecords(stays);
  await run.write.upsert(name, kept);
  const isKept = new Set(kept.map(({ _id }) => JSON.stringify(_id)));
  const over = records.filter(({ _id }) => !isKept.has(JSON.stringify(_id)));
  await run.write.delete(
    name,
    over.map(({ _id }) => ({ _id })),
  );
  for (const arrays of byReference(over.filter(({ _id }) => _id.form === "array")))
    await forgetArrays(run, arrays);
}

/** What stayed at rollbacks, of all duplicates or of one, goes back now, if nothing is in the way any more; else it is told. */
export async function returnStaying(run: Run, loser?: NativeId): Promise<void> {
  const filter = { isStaying: true, ...(loser === undefined ? {} : { loser: { $eq: loser } }) };
  const raw = await run.ctx.records.moves.find(filter, { raw: true }).toArray();
  const records = raw.map((record) => asStored(record) as MovesRecord);
  const stays = await moveRecordedBack(run, records);
  await forgetMoves(run, records, stays);
  tellStays(run, stays);
}

/** Of every record the documents that stay. */
function keptRecords(stays: readonly Stay[]): readonly Upsert[] {
  const staying = new Map<MovesRecord, MovesRecord["ids"]>();
  for (const { id, records } of stays)
    for (const record of records) staying.set(record, [...(staying.get(record) ?? []), id]);
  return [...staying].map(([{ _id, ...record }, ids]) => ({
    _id: record.isStaying === true ? _id : { ..._id, digest: `staying ${_id.digest}` },
    set: { ...record, ids, isStaying: true },
  }));
}

/** The original of an array is needed as long as any loser is missing from it. */
async function forgetArrays(run: Run, records: readonly MovesRecord[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const { collection, field } = first._id;
  const every = records.flatMap((record) => record.ids);
  const ids = groupedById(every, (id) => id).flatMap(([id]) => id ?? []);
  const left = await run.ctx.records.moves
    .find({ ids: { $in: ids }, "_id.form": "array", "_id.collection": collection, "_id.field": field })
    .toArray();
  const needed = idMap(left.flatMap((record) => record.ids.map((id) => [id, true] as const)));
  const free = ids.filter((id) => !needed.has(id));
  await deleteOriginals(run, { collection, ids: free, parts: [arrayPart(field), laterPart(field)] });
}
