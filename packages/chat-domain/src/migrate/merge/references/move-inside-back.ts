import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, idMap, idText } from "../../../identity/stored-ids.ts";
import { rootOf } from "../../../model/stored-document.ts";
import type { MovesRecord } from "../../context/migration-records.ts";
import { arrayPart } from "../../journal/originals.ts";
import type { Run } from "../../run/run.ts";
import {
  changeRoots,
  exactRoots,
  holdingExactly,
  isEqual,
  originalParts,
  type RootChange,
} from "./inside-moves.ts";
import { type Exact, type InsideMove, KeysCollide, patchedBack, withMoves } from "./inside-values.ts";
import { inOrderOfLosers } from "./move-inside.ts";
import { repointingsOf } from "./pointers.ts";
import { changingStays, placeOf, placesAmong, refusedStays, type Stay } from "./stays.ts";

/** How often a document that changes just now is looked at again. */
const attempts = 5;

/** Ids inside arrays of documents and among the keys of maps go back, as exactly as nobody else has changed them. */
export async function moveInsideBack(run: Run, records: readonly MovesRecord[]): Promise<readonly Stay[]> {
  const fields = new Map(
    records.map((record) => [JSON.stringify([record._id.collection, record._id.field]), record]),
  );
  const stays: Stay[] = [];
  for (const { _id } of fields.values()) {
    const undone = records.filter((record) => isOfField(record, _id));
    stays.push(...(await moveFieldBack(run, _id, undone)));
  }
  return stays;
}

async function moveFieldBack(
  run: Run,
  field: ReferencingField,
  undone: readonly MovesRecord[],
): Promise<readonly Stay[]> {
  const { collection } = field;
  const all = undone.flatMap(({ ids }) => ids);
  let ids: readonly NativeId[] = groupedById(all, (id) => id).flatMap(([id]) => id ?? []);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const changes = await changesBack(run, { field, undone, ids });
    const { changed, refusals } = await changeRoots(run, collection, changes);
    const stays = refusedStays(collection, { refusals }, placesAmong(changes, undone));
    if (changed + refusals.length === changes.length) return stays;
    ids = changes.map(({ id }) => id);
  }
  const open = await changesBack(run, { field, undone, ids });
  return changingStays(open.map((change) => placeOf(undone, change)));
}

type ReferencingField = Pick<MovesRecord["_id"], "collection" | "field">;

function isOfField({ _id }: MovesRecord, { collection, field }: ReferencingField): boolean {
  return _id.collection === collection && _id.field === field;
}

interface InsideBack {
  readonly field: ReferencingField;
  readonly undone: readonly MovesRecord[];
  readonly ids: readonly NativeId[];
}

async function changesBack(run: Run, { field, undone, ids }: InsideBack): Promise<readonly RootChange[]> {
  const { collection } = field;
  const roots = await exactRoots(run.ctx, collection, { field: field.field, ids });
  const originals = await originalRoots(run, field, ids);
  const records = await run.ctx.records.moves
    .find({
      ids: { $in: [...ids] },
      "_id.form": "array",
      "_id.collection": collection,
      "_id.field": field.field,
      isInside: true,
    })
    .toArray();
  const losers = new Set(undone.map(({ loser }) => idText(loser)));
  const changes: RootChange[] = [];
  for (const id of ids) {
    const [current, original] = [roots.get(id), originals.get(id)];
    if (current === undefined || current === null || original === undefined) continue;
    const moves = inOrderOfLosers(
      records.filter((record) => record.ids.some((one) => idText(one) === idText(id))),
      ({ loser }) => loser,
    ).map((record): RecordedMove => ({
      loser: idText(record.loser),
      at: record.at?.getTime() ?? 0,
      isUndone: losers.has(idText(record.loser)),
      move: insideMove(run, record),
    }));
    const to = await rootBack(run, { id, field, current, original, moves });
    if (!isEqual(to, current)) changes.push({ id, root: rootOf(field.field), from: current, to });
  }
  return changes;
}

interface RecordedMove {
  readonly loser: string;
  readonly at: number;
  readonly isUndone: boolean;
  readonly move: InsideMove;
}

interface Root {
  readonly id: NativeId;
  readonly field: ReferencingField;
  readonly current: Exact;
  readonly original: Exact;
  /** In order of their losers. */
  readonly moves: readonly RecordedMove[];
}

async function rootBack(run: Run, { id, field, current, original, moves }: Root): Promise<Exact> {
  // A run that was killed may have recorded more moves than it has made.
  const made = moves.filter(({ move }) => {
    const moved = movedOrNull(current, field.field, [move]);
    return moved !== null && isEqual(moved, current);
  });
  const inTime = made.toSorted((a, b) => a.at - b.at);
  const root = rootOf(field.field);
  // One that was recorded before a run was killed may have been made together with later ones.
  for (const order of [inTime, made]) {
    const value = movedOrNull(original, field.field, movesOf(order));
    if (value === null || !(await holdingExactly(run.ctx, field.collection, { id, root, value }))) continue;
    return withMoves(original, field.field, movesOf(order.filter(({ isUndone }) => !isUndone)));
  }
  // The one that came last goes first: the survivor's is what the first one had brought.
  return moves
    .filter(({ isUndone }) => isUndone)
    .toSorted((a, b) => a.at - b.at)
    .toReversed()
    .reduce<{ readonly root: Exact; readonly left: readonly RecordedMove[] }>(
      ({ root: patched, left }, { loser, move }) => {
        const others = left.filter((other) => other.loser !== loser);
        const before = movedOrNull(original, field.field, movesOf(others)) ?? original;
        return {
          root: patchedBack({ original: before, current: patched, field: field.field }, move),
          left: others,
        };
      },
      { root: current, left: inTime },
    ).root;
}

function movesOf(moves: readonly RecordedMove[]): readonly InsideMove[] {
  return moves.map(({ move }) => move);
}

/** `null` where keys collide: that was recorded, and then did not happen. */
function movedOrNull(original: Exact, field: string, moves: readonly InsideMove[]): Exact {
  try {
    return withMoves(original, field, moves);
  } catch (error) {
    if (error instanceof KeysCollide) return null;
    throw error;
  }
}

function insideMove({ ctx }: Run, { _id, loser, survivor, from, to }: MovesRecord): InsideMove {
  const policy = ctx.model.references.find(
    ({ collection, field }) => collection === _id.collection && field === _id.field,
  );
  return {
    repointings: repointingsOf({ from: from ?? loser, to: to ?? survivor }, ""),
    policy: policy ?? { onConflict: undefined, fold: {} },
  };
}

async function originalRoots(run: Run, { collection, field }: ReferencingField, ids: readonly NativeId[]) {
  const part = arrayPart(field);
  const records = await originalParts(run.ctx, { collection, ids, parts: [part] });
  return idMap(records.map(([id, record]) => [id, record.get(part)]));
}
