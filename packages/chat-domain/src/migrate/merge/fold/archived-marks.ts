import { ownField, recordName } from "../../../model/own-names.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import { idSet } from "../../../identity/stored-ids.ts";
import type { Merge } from "../../context/migration-records.ts";
import { losersOf } from "../../context/migration-records.ts";
import type { Run } from "../../run/run.ts";
import { withExact } from "../archive/exact-values.ts";
import { changeDocuments } from "./changed-document.ts";
import { type FoldMark, marksIn, nothingKept, storedMarks, storedWritten } from "./fold-marks.ts";
import {
  copiedDocuments,
  type CopyLabel,
  copyLabels,
  type FoldCollection,
  foldedDocuments,
  labelText,
} from "./fold-sources.ts";

const attempts = 5;

/** What these merges have folded, and what it was folded into. */
interface FoldedSides {
  readonly from: readonly NativeId[];
  readonly into: readonly NativeId[];
}

async function sidesOf(
  run: Run,
  { archive, collection }: FoldCollection,
  merges: readonly Merge[],
): Promise<FoldedSides> {
  if (archive === "archive") return { from: losersOf(merges), into: merges.map(({ survivor }) => survivor) };
  const rows = await run.ctx.records.rowsArchive
    .find({ collection, loser: { $in: [...losersOf(merges)] } }, { projection: { into: 1 } })
    .toArray();
  return { from: rows.map(({ _id }) => _id.id), into: rows.flatMap(({ into }) => into ?? []) };
}

/** Marks of purged duplicates: into the archive first, then out of the documents. */
export async function moveMarksToArchive(
  run: Run,
  folds: FoldCollection,
  merges: readonly Merge[],
): Promise<void> {
  const sides = await sidesOf(run, folds, merges);
  for (let attempt = 0; attempt < attempts; attempt += 1) if (await moveMarks(run, folds, sides)) return;
}

async function moveMarks(
  run: Run,
  folds: FoldCollection,
  { from: moved, into }: FoldedSides,
): Promise<boolean> {
  const field = ownField(run.ctx.model, "foldedFrom");
  const isMoved = idSet(moved);
  const isMoving = ({ from }: FoldMark): boolean => isMoved.has(from);
  const documents = (await foldedDocuments(run.ctx, { ...folds, fold: {} }, into)).filter(([, document]) =>
    marksIn(document, field).some(isMoving),
  );
  const moving = documents.flatMap(([, document]) => marksIn(document, field).filter(isMoving));
  await run.write.update(
    archiveName(run, folds),
    moving.map(({ from, hash, at, kept }) => {
      const written = storedWritten(kept.written);
      const folded = { state: "purged", at, ...(written === undefined ? {} : { written }) };
      return { q: { _id: { id: from, hash } }, u: { $set: { folded } } };
    }),
  );
  return changeDocuments(
    run,
    folds.collection,
    documents.map(([id, document]) => {
      const left = marksIn(document, field).filter((mark) => !isMoving(mark));
      return { id, from: document, to: withExact(document, field, storedMarks(left)), read: [] };
    }),
  );
}

/** Marks of purged duplicates that come back: into the documents first, then out of the archive. */
export async function moveMarksBack(
  run: Run,
  folds: FoldCollection,
  merges: readonly Merge[],
): Promise<void> {
  const isBack = idSet(losersOf(merges));
  const { into } = await sidesOf(run, folds, merges);
  const labels = (await copyLabels(run.ctx, folds, into)).filter(
    ({ loser, folded }) => folded?.state === "purged" && isBack.has(loser),
  );
  if (labels.length === 0) return;
  for (let attempt = 0; attempt < attempts; attempt += 1) if (await putBack(run, folds, labels)) break;
  await run.write.update(
    archiveName(run, folds),
    labels.map(({ _id }) => ({ q: { _id }, u: { $set: { folded: { state: "marked" } } } })),
  );
}

async function putBack(run: Run, folds: FoldCollection, labels: readonly CopyLabel[]): Promise<boolean> {
  const field = ownField(run.ctx.model, "foldedFrom");
  const ids = labels.map(targetOf);
  const copied = await copiedDocuments(run.ctx, { ...folds, fold: {} }, labels);
  const documents = await foldedDocuments(run.ctx, { ...folds, fold: {} }, ids);
  return changeDocuments(
    run,
    folds.collection,
    documents.flatMap(([id, document]) => {
      const isOf = idSet([id]);
      const marks = marksIn(document, field);
      const known = idSet(marks.map(({ from }) => from));
      const back = labels
        .filter((label) => isOf.has(targetOf(label)) && !known.has(label._id.id))
        .map(({ _id, seq = 0, folded }): FoldMark => {
          const { written } = copied.get(labelText(_id)) ?? nothingKept;
          const kept = { ...nothingKept, written };
          return { from: _id.id, hash: _id.hash, seq, at: folded?.at ?? 0, kept };
        });
      const to = withExact(document, field, storedMarks([...marks, ...back].toSorted((a, b) => a.at - b.at)));
      return back.length === 0 ? [] : [{ id, from: document, to, read: [] }];
    }),
  );
}

function targetOf({ survivor, into }: CopyLabel): NativeId {
  return into ?? survivor;
}

function archiveName(run: Run, { archive }: FoldCollection): string {
  return recordName(run.ctx.model, archive === "archive" ? "chats_archive" : "chat_rows_archive");
}
