import { ownField, recordName } from "../../../model/own-names.ts";
import type { NativeId } from "../../../identity/native-id.ts";
import { groupedById, idSet } from "../../../identity/stored-ids.ts";
import type { Merge } from "../../context/migration-records.ts";
import { losersOf } from "../../context/migration-records.ts";
import type { Run } from "../../run/run.ts";
import { withExact } from "../archive/exact-values.ts";
import { changeDocuments } from "./changed-document.ts";
import { type FoldMark, marksIn, storedMarks } from "./fold-marks.ts";
import { type CopyLabel, copyLabels, type FoldCollection, foldedDocuments } from "./fold-sources.ts";

function survivorsOf(merges: readonly Merge[]): readonly NativeId[] {
  return groupedById(merges, ({ survivor }) => survivor).flatMap(([merge]) => merge?.survivor ?? []);
}

const attempts = 5;

/** Marks of purged duplicates: into the archive first, then out of the documents. */
export async function moveMarksToArchive(
  run: Run,
  folds: FoldCollection,
  merges: readonly Merge[],
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const isPurged = idSet(losersOf(merges));
    if (await moveMarks(run, folds, { ids: survivorsOf(merges), isMoving: ({ from }) => isPurged.has(from) }))
      return;
  }
}

interface MovingMarks {
  readonly ids: readonly NativeId[];
  readonly isMoving: (mark: FoldMark) => boolean;
}

async function moveMarks(run: Run, folds: FoldCollection, { ids, isMoving }: MovingMarks): Promise<boolean> {
  const field = ownField(run.ctx.model, "foldedFrom");
  const documents = (await foldedDocuments(run.ctx, { ...folds, fold: {} }, ids)).filter(([, document]) =>
    marksIn(document, field).some(isMoving),
  );
  const moving = documents.flatMap(([, document]) => marksIn(document, field).filter(isMoving));
  await run.write.update(
    archiveName(run, folds),
    moving.map(({ from, hash, at }) => ({
      q: { _id: { id: from, hash } },
      u: { $set: { folded: { state: "purged", at } } },
    })),
  );
  return changeDocuments(
    run,
    folds.collection,
    documents.map(([id, document]) => {
      const left = marksIn(document, field).filter((mark) => !isMoving(mark));
      return { id, from: document, to: withExact(document, field, storedMarks(left)), read: [], filter: {} };
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
  const labels = (await copyLabels(run.ctx, folds, survivorsOf(merges))).filter(
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
  const groups = groupedById(labels, ({ survivor }) => survivor);
  const ids = groups.flatMap(([label]) => label?.survivor ?? []);
  const documents = await foldedDocuments(run.ctx, { ...folds, fold: {} }, ids);
  return changeDocuments(
    run,
    folds.collection,
    documents.flatMap(([id, document]) => {
      const isOf = idSet([id]);
      const marks = marksIn(document, field);
      const known = idSet(marks.map(({ from }) => from));
      const back = labels
        .filter((label) => isOf.has(label.survivor) && !known.has(label._id.id))
        .map(({ _id, seq = 0, folded }): FoldMark => {
          return { from: _id.id, hash: _id.hash, seq, at: folded?.at ?? 0, left: new Map() };
        });
      const to = withExact(document, field, storedMarks([...marks, ...back].toSorted((a, b) => a.at - b.at)));
      return back.length === 0 ? [] : [{ id, from: document, to, read: [], filter: {} }];
    }),
  );
}

function archiveName(run: Run, { archive }: FoldCollection): string {
  return recordName(run.ctx.model, archive === "archive" ? "chats_archive" : "chat_rows_archive");
}
