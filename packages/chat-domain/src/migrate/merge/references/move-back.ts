import type { NativeId } from "../../../identity/native-id.ts";
import { idMap, idText, inForm } from "../../../identity/stored-ids.ts";
import { type StoredDocument, valueAt } from "../../../model/stored-document.ts";
import { collectionOf } from "../../context/migration-context.ts";
import {
  type Merge,
  type MovesRecord,
  losersOf,
  type OriginalRecord,
} from "../../context/migration-records.ts";
import { arrayPart } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import { assertWritten } from "../../run/write-outcome.ts";
import type { UpdateStatement } from "../../run/write-statements.ts";
import { arrayWithout, type MovedArray } from "./array-references.ts";
import { asStored } from "./as-stored.ts";
import { moveInsideBack } from "./move-inside-back.ts";

/** How many records of moves are in memory at once; each may name a whole batch of documents. */
const recordsAtOnce = 200;

/** Whether a document's reference goes back by other means. */
export type IsExcepted = (collection: string, field: string, id: NativeId) => boolean;

/** Makes what followed these losers to their survivors refer to the losers again. */
export async function moveBack(run: Run, merges: readonly Merge[], isExcepted: IsExcepted): Promise<void> {
  const arrays: MovesRecord[] = [];
  for await (const all of movesOf(run, merges)) {
    const records = all.map((record) => {
      const { collection, field } = record._id;
      return { ...record, ids: record.ids.filter((id) => !isExcepted(collection, field, id)) };
    });
    arrays.push(...records.filter(({ _id }) => _id.form === "array"));
    for (const [collection, moves] of scalarMovesBack(records)) await moveScalarsBack(run, collection, moves);
  }
  await moveArraysBack(
    run,
    arrays.filter(({ isInside }) => isInside !== true),
  );
  await moveInsideBack(
    run,
    arrays.filter(({ isInside }) => isInside === true),
  );
}

interface ScalarMoveBack {
  readonly ids: readonly NativeId[];
  readonly there: Readonly<Record<string, unknown>>;
  readonly back: UpdateStatement["u"];
}

/**
 * A statement for many documents ends at the first that is refused: then each has its own. What a unique index refuses
 * stays, because something else has been put in its place.
 */
async function moveScalarsBack(
  run: Run,
  collection: string,
  moves: readonly ScalarMoveBack[],
): Promise<void> {
  const { refusals } = await run.write.update(
    collection,
    moves.map(({ ids, there, back }) => ({ q: { _id: { $in: ids }, ...there }, u: back, multi: true })),
  );
  const alone = refusals.flatMap(({ index }): readonly UpdateStatement[] => {
    const { ids = [], there, back = {} } = moves[index] ?? {};
    return ids.map((_id) => ({ q: { _id, ...there }, u: back }));
  });
  if (alone.length > 0) assertWritten(collection, await run.write.update(collection, alone));
}

/** By collection. */
function scalarMovesBack(records: readonly MovesRecord[]): ReadonlyMap<string, readonly ScalarMoveBack[]> {
  const moves = new Map<string, ScalarMoveBack[]>();
  for (const { _id, loser, survivor, ids, from, to } of records) {
    if (_id.form === "array") continue;
    const there = { [_id.field]: to ?? inForm(survivor, _id.form) };
    const back = { $set: { [_id.field]: from ?? inForm(loser, _id.form) } };
    moves.set(_id.collection, [...(moves.get(_id.collection) ?? []), { ids, there, back }]);
  }
  return moves;
}

async function* movesOf(run: Run, merges: readonly Merge[]): AsyncGenerator<readonly MovesRecord[]> {
  const losers = losersOf(merges);
  let records: MovesRecord[] = [];
  for await (const record of run.ctx.records.moves.find(
    { loser: { $in: losers } },
    { batchSize: recordsAtOnce, raw: true },
  )) {
    records.push(asStored(record) as MovesRecord);
    if (records.length < recordsAtOnce) continue;
    yield records;
    records = [];
  }
  if (records.length > 0) yield records;
}

/** How often an array that changes just now is looked at again. */
const attempts = 3;

/** Arrays that these records speak of lose the survivors that stand in them for the losers. */
async function moveArraysBack(run: Run, records: readonly MovesRecord[]): Promise<void> {
  for (const group of byReference(records)) {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (await moveGroupBack(run, group)) break;
    }
  }
}

/** Returns whether no array has changed while it was worked on. */
async function moveGroupBack(run: Run, group: readonly MovesRecord[]): Promise<boolean> {
  const [first] = group;
  if (first === undefined) return true;
  const { collection, field } = first._id;
  const undone = new Set(group.map((record) => idText(arrayMove(record).loser)));
  const statements: UpdateStatement[] = [];
  for (const { id, ...array } of await movedArrays(run, {
    collection,
    field,
    ids: group.flatMap(({ ids }) => ids),
  })) {
    const back = arrayWithout(
      array,
      array.merges.filter(({ loser }) => undone.has(idText(loser))),
    );
    if (back === array.current) continue;
    statements.push({ q: { _id: id, [field]: array.current }, u: { $set: { [field]: back } } });
  }
  const outcome = await run.write.update(collection, statements);
  assertWritten(collection, outcome);
  return outcome.n === statements.length;
}

interface Arrays {
  readonly collection: string;
  readonly field: string;
  readonly ids: readonly NativeId[];
}

async function movedArrays(
  run: Run,
  { collection, field, ids }: Arrays,
): Promise<readonly (MovedArray & { readonly id: NativeId })[]> {
  const { moves, originals } = run.ctx.records;
  const part = arrayPart(field);
  const saved = await originals
    .find({ _id: { $in: ids.map((id) => ({ collection, id })) } }, { raw: true })
    .toArray();
  const originalOf = idMap(
    saved
      .map((record) => asStored(record) as OriginalRecord)
      .map((record) => [record._id.id, Reflect.get(record, part)] as const),
  );
  const records = await moves
    .find({
      ids: { $in: [...ids] },
      "_id.form": "array",
      "_id.collection": collection,
      "_id.field": field,
      isInside: { $ne: true },
    })
    .toArray();
  const documents = await collectionOf(run.ctx, collection)
    .find({ _id: { $in: [...ids] } }, { projection: { [field]: 1 }, raw: true })
    .toArray();
  return documents.flatMap((bytes) => {
    const document = asStored(bytes) as StoredDocument;
    const [original, current] = [originalOf.get(document._id), valueAt(document, field)];
    if (!Array.isArray(original) || !Array.isArray(current)) return [];
    const merges = records
      .filter((record) => record.ids.some((id) => idText(id) === idText(document._id)))
      .map(arrayMove);
    return [{ id: document._id, original, current, merges }];
  });
}

/** The values that stand for both chats in an array. */
function arrayMove({ loser, survivor, from, to }: MovesRecord): Pick<Merge, "loser" | "survivor"> {
  return { loser: from ?? loser, survivor: to ?? survivor };
}

/** Records of moves, those of one field of one collection together. */
export function byReference(records: readonly MovesRecord[]): readonly (readonly MovesRecord[])[] {
  const groups = new Map<string, MovesRecord[]>();
  for (const record of records) {
    const reference = JSON.stringify([record._id.collection, record._id.field]);
    groups.set(reference, [...(groups.get(reference) ?? []), record]);
  }
  return [...groups.values()];
}
