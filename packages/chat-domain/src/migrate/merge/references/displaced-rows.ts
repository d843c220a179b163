import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, idMap, idSet, idText } from "../../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../../model/merge-model.ts";
import { ownField } from "../../../model/own-names.ts";
import { type StoredDocument, valueAt } from "../../../model/stored-document.ts";
import { existingIndexes } from "../../../store/key-index.ts";
import { collectionOf } from "../../context/migration-context.ts";
import { BatchRefused } from "../../context/migration-error.ts";
import type { ArchiveRecord, Merge } from "../../context/migration-records.ts";
import { copiesOfMerges } from "../../journal/copies-of-merges.ts";
import type { Run } from "../../run/run.ts";
import { assertWritten } from "../../run/write-outcome.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { isDocument, withExact } from "../archive/exact-values.ts";
import { changeDocuments } from "../fold/changed-document.ts";
import { type FoldMark, marksIn, nothingKept, storedMarks } from "../fold/fold-marks.ts";
import { copiedDocuments, foldedDocuments, labelText } from "../fold/fold-sources.ts";
import { foldedFields } from "../fold/fold-values.ts";
import { asStored } from "./as-stored.ts";
import { rowFold } from "./row-conflicts.ts";
import { copiesBy } from "./row-copies.ts";

/** A row that was folded and cannot come back: the old version has made another one in its place since. */
export interface DisplacedRow {
  readonly id: NativeId;
  /** The row that it was folded into. */
  readonly into: NativeId;
  /** The one in its place; it gets what this one had. */
  readonly standing: NativeId;
}

/** The rows of these merges that have not come back, and what stands in their place. */
export async function displacedRows(
  run: Run,
  model: ReferenceModel,
  merges: readonly Merge[],
): Promise<readonly DisplacedRow[]> {
  const { collection } = model;
  const stored = await run.ctx.records.rowsArchive
    .find(
      { ...copiesBy(run.ctx.model, model), $or: [...copiesOfMerges(merges)] },
      { sort: { seq: 1 }, raw: true },
    )
    .toArray();
  const copies = stored.map((copy) => asStored(copy) as ArchiveRecord);
  const last = groupedById(copies, ({ _id }) => _id.id).flatMap((group) => group.at(-1) ?? []);
  const ids = last.map(({ _id }) => _id.id);
  const isThere = idSet(await collectionOf(run.ctx, collection).distinct("_id", { _id: { $in: ids } }));
  const displaced: DisplacedRow[] = [];
  for (const copy of last) {
    if (copy.into === undefined || isThere.has(copy._id.id)) continue;
    const standing = await standingFor(run, model, copy);
    if (standing !== null) displaced.push({ id: copy._id.id, into: copy.into, standing });
  }
  return displaced;
}

/** The row that a unique index would not let it stand beside. */
async function standingFor(
  run: Run,
  { collection }: ReferenceModel,
  { document }: ArchiveRecord,
): Promise<NativeId | null> {
  const rows = collectionOf(run.ctx, collection);
  const unique = (await existingIndexes(rows)).filter((index) => index.unique === true);
  if (unique.length === 0) return null;
  const same = unique.map(({ key }) =>
    Object.fromEntries(Object.keys(key).map((field) => [field, { $eq: valueAt(document, field) ?? null }])),
  );
  const found: unknown = await rows.findOne({ $or: same }, { projection: { _id: 1 }, raw: true });
  return found === null ? null : (asStored(found) as StoredDocument)._id;
}

/** How often a row that changes all the time is looked at again. */
const attempts = 20;

/**
 * Gives to the rows that stand what the displaced ones have given to others and are about to take from there. Marks say
 * that it is done, so that it is done once.
 */
export async function foldDisplaced(
  run: Run,
  model: ReferenceModel,
  displaced: readonly DisplacedRow[],
): Promise<void> {
  const groups = groupedById(displaced.filter(isElsewhere), ({ standing }) => standing);
  for (const group of groups) {
    for (let attempt = 0; !(await foldInto(run, model, group)); attempt += 1)
      if (attempt === attempts)
        throw new BatchRefused(`a document of ${model.collection} changes all the time`);
  }
}

/** It was folded into the very row that stands in its place: there it stays. */
export function isElsewhere({ into, standing }: DisplacedRow): boolean {
  return idText(into) !== idText(standing);
}

async function foldInto(run: Run, model: ReferenceModel, group: readonly DisplacedRow[]): Promise<boolean> {
  const folds = rowFold(run.ctx.model, model);
  const field = ownField(run.ctx.model, "foldedFrom");
  const ids = group.flatMap(({ into, standing }) => [into, standing]);
  const documents = idMap(await foldedDocuments(run.ctx, folds, ids));
  const [id] = group.map(({ standing }) => standing);
  const from = id === undefined ? undefined : documents.get(id);
  if (id === undefined || from === undefined) return true;
  const marks = marksIn(from, field);
  const isDone = idSet(marks.map((mark) => mark.from));
  const moving = group.flatMap((row) => {
    const mark = markFrom(documents.get(row.into), field, row.id);
    return mark === null || isDone.has(row.id) ? [] : [{ ...mark, kept: nothingKept }];
  });
  if (moving.length === 0) return true;
  const labels = moving.map((mark) => ({ _id: { id: mark.from, hash: mark.hash } }));
  const copied = await copiedDocuments(run.ctx, folds, labels);
  const given = labels.flatMap(({ _id }) => copied.get(labelText(_id))?.document ?? []);
  const to = withExact(foldedFields(model.fold, [from, ...given]), field, storedMarks([...marks, ...moving]));
  return changeDocuments(run, model.collection, [{ id, from, to, read: [field] }]);
}

function markFrom(document: ExactDocument | undefined, field: string, id: NativeId): FoldMark | null {
  if (!isDocument(document)) return null;
  return marksIn(document, field).find(({ from }) => idText(from) === idText(id)) ?? null;
}

/** Once nothing else holds what they were given, nobody has to know any more where it came from. */
export async function unmarkDisplaced(
  run: Run,
  { collection }: ReferenceModel,
  displaced: readonly DisplacedRow[],
): Promise<void> {
  const field = ownField(run.ctx.model, "foldedFrom");
  const pulled = await run.write.update(
    collection,
    displaced.map(({ id, standing }) => ({ q: { _id: standing }, u: { $pull: { [field]: { from: id } } } })),
  );
  assertWritten(collection, pulled);
  const unset = await run.write.update(
    collection,
    displaced.map(({ standing }) => ({
      q: { _id: standing, [field]: { $size: 0 } },
      u: { $unset: { [field]: "" } },
    })),
  );
  assertWritten(collection, unset);
}
