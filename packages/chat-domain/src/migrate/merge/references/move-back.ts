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
import type { UpdateStatement } from "../../run/write-statements.ts";
import { arrayWithout, type MovedArray } from "./array-references.ts";
import { asStored } from "./as-stored.ts";
import { moveInsideBack } from "./move-inside-back.ts";
import { changingStays, placeOf, placesAmong, refusedStays, type Stay } from "./stays.ts";

/** How many records of moves are in memory at once; each may name a whole batch of documents. */
const recordsAtOnce = 200;

/** Whether a document's reference goes back by other means. */
export type IsExcepted = (collection: string, field: string, id: NativeId) => boolean;

/** Makes what followed these losers to their survivors refer to the losers again. Returns what stays with the survivors. */
export async function moveBack(
  run: Run,
  merges: readonly Merge[],
  isExcepted: IsExcepted,
): Promise<readonly Stay[]> {
  const stays: Stay[] = [];
  const arrays: MovesRecord[] = [];
  for await (const all of movesOf(run, merges)) {
    const records = all.map((record) => {
      const { collection, field } = record._id;
      return { ...record, ids: record.ids.filter((id) => !isExcepted(collection, field, id)) };
    });
    arrays.push(...records.filter(({ _id }) => _id.form === "array"));
    stays.push(...(await moveAllScalarsBack(run, records)));
  }
  return [...stays, ...(await moveListsBack(run, arrays))];
}

/** The same of what these records speak of, all of which is in memory. */
export async function moveRecordedBack(run: Run, records: readonly MovesRecord[]): Promise<readonly Stay[]> {
  const arrays = records.filter(({ _id }) => _id.form === "array");
  return [...(await moveAllScalarsBack(run, records)), ...(await moveListsBack(run, arrays))];
}

async function moveListsBack(run: Run, records: readonly MovesRecord[]): Promise<readonly Stay[]> {
  const plain = records.filter(({ isInside }) => isInside !== true);
  const inside = records.filter(({ isInside }) => isInside === true);
  return [...(await moveArraysBack(run, plain)), ...(await moveInsideBack(run, inside))];
}

interface ScalarMoveBack {
  readonly record: MovesRecord;
  readonly there: Readonly<Record<string, unknown>>;
  readonly back: UpdateStatement["u"];
}

async function moveAllScalarsBack(run: Run, records: readonly MovesRecord[]): Promise<readonly Stay[]> {
  const stays: Stay[] = [];
  for (const [collection, moves] of scalarMovesBack(records))
    stays.push(...(await moveScalarsBack(run, collection, moves)));
  return stays;
}

/**
 * A statement for many documents ends at the first that is refused: then each has its own. What a unique index refuses
 * stays, because something else has been put in its place.
 */
async function moveScalarsBack(
  run: Run,
  collection: string,
  moves: readonly ScalarMoveBack[],
): Promise<readonly Stay[]> {
  const { refusals } = await run.write.update(
    collection,
    moves.map(({ record: { ids }, there, back }) => ({
      q: { _id: { $in: ids }, ...there },
      u: back,
      multi: true,
    })),
  );
  const alone = refusals.flatMap(({ index }) => {
    const move = moves[index];
    return move === undefined ? [] : move.record.ids.map((id) => ({ ...move, id, records: [move.record] }));
  });
  const outcome = await run.write.update(
    collection,
    alone.map(({ id, there, back }) => ({ q: { _id: id, ...there }, u: back })),
  );
  return refusedStays(collection, outcome, (index) => alone[index]);
}

/** By collection. */
function scalarMovesBack(records: readonly MovesRecord[]): ReadonlyMap<string, readonly ScalarMoveBack[]> {
  const moves = new Map<string, ScalarMoveBack[]>();
  for (const record of records) {
    const { _id, loser, survivor, from, to } = record;
    if (_id.form === "array") continue;
    const there = { [_id.field]: to ?? inForm(survivor, _id.form) };
    const back = { $set: { [_id.field]: from ?? inForm(loser, _id.form) } };
    moves.set(_id.collection, [...(moves.get(_id.collection) ?? []), { record, there, back }]);
  }
  return moves;
}

async function* movesOf(run: Run, merges: readonly Merge[]): AsyncGenerator<readonly MovesRecord[]> {
  const losers = losersOf(merges);
  let records: MovesRecord[] = [];
  for await (const record of run.ctx.records.moves.find(
    { loser: { $in: losers }, isStaying: { $ne: true } },
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
async function moveArraysBack(run: Run, records: readonly MovesRecord[]): Promise<readonly Stay[]> {
  const stays: Stay[] = [];
  for (const group of byReference(records)) stays.push(...(await moveGroupBack(run, group)));
  return stays;
}

async function moveGroupBack(run: Run, group: readonly MovesRecord[]): Promise<readonly Stay[]> {
  const [first] = group;
  if (first === undefined) return [];
  const { collection } = first._id;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const changes = await arraysBack(run, first._id, group);
    const outcome = await run.write.update(
      collection,
      changes.map(({ statement }) => statement),
    );
    const stays = refusedStays(collection, outcome, placesAmong(changes, group));
    if (outcome.n + outcome.refusals.length === changes.length) return stays;
  }
  const open = await arraysBack(run, first._id, group);
  return changingStays(open.map((change) => placeOf(group, change)));
}

interface ArrayBack {
  readonly id: NativeId;
  readonly statement: UpdateStatement;
}

async function arraysBack(
  run: Run,
  { collection, field }: MovesRecord["_id"],
  group: readonly MovesRecord[],
): Promise<readonly ArrayBack[]> {
  const undone = new Set(group.map((record) => idText(arrayMove(record).loser)));
  const ids = group.flatMap((record) => record.ids);
  const arrays = await movedArrays(run, { collection, field, ids });
  return arrays.flatMap(({ id, ...array }) => {
    const merges = array.merges.filter(({ loser }) => undone.has(idText(loser)));
    const back = arrayWithout(array, merges);
    if (back === array.current) return [];
    return [{ id, statement: { q: { _id: id, [field]: array.current }, u: { $set: { [field]: back } } } }];
  });
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
