import { groupedById, idSet } from "../../identity/stored-ids.ts";
import type { NativeId } from "../../identity/native-id.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { recordName } from "../../model/own-names.ts";
import type { ArchiveRecord, Merge } from "../context/migration-records.ts";
import { copiesOfMerges } from "../journal/copies-of-merges.ts";
import type { Run } from "../run/run.ts";
import { restoreCopies } from "./archive/archive-documents.ts";
import { unfoldDocuments } from "./fold/unfold-documents.ts";
import { returnElements } from "./return-elements.ts";
import { rowFold } from "./references/row-conflicts.ts";
import { copiesBy, foldsRows } from "./references/row-copies.ts";

export interface Parting {
  /** Merges that are undone. */
  readonly undone: readonly Merge[];
  /** Of the same survivors, merged as before. */
  readonly kept: readonly Merge[];
}

/**
 * A row that follows its chat back may stand for rows of duplicates that stay: these come back before it goes, with what
 * they have given to it, and are for their survivor to get. Returns the merges whose they are.
 */
export async function restoreStoodFor(
  run: Run,
  reference: ReferenceModel,
  { undone, kept }: Parting,
): Promise<readonly Merge[]> {
  if (reference.onConflict === undefined || kept.length === 0) return [];
  const { collection } = reference;
  const copies = await copiesInto(run, reference, await movedRows(run, reference, undone), kept);
  if (copies.length === 0) return [];
  const isTheirs = idSet(copies.map(({ loser }) => loser));
  const merges = kept.filter(({ loser }) => isTheirs.has(loser));
  const ids = copies.map(({ _id }) => _id.id);
  await restoreCopies(run, { archive: "chat_rows_archive", into: collection, merges, ids });
  if (foldsRows(reference)) {
    const folds = rowFold(run.ctx.model, reference);
    const into = groupedById(
      copies.flatMap((copy) => copy.into ?? []),
      (id) => id,
    ).flatMap(([id]) => id ?? []);
    await unfoldDocuments(run, {
      ...folds,
      ids: into,
      undone: merges,
      returning: (all) => returnElements(run, folds, all),
    });
  }
  // Of what has been taken out again nobody may think that it is in there.
  await run.write.update(
    recordName(run.ctx.model, "chat_rows_archive"),
    copies.map(({ _id }) => ({ q: { _id }, u: { $unset: { folded: "", returned: "" } } })),
  );
  return merges;
}

/** The rows that have followed these losers. */
async function movedRows(
  run: Run,
  { collection, field }: ReferenceModel,
  undone: readonly Merge[],
): Promise<readonly NativeId[]> {
  const moves = await run.ctx.records.moves
    .find(
      { loser: { $in: undone.map(({ loser }) => loser) }, "_id.collection": collection, "_id.field": field },
      { projection: { ids: 1 } },
    )
    .toArray();
  return moves.flatMap(({ ids }) => ids);
}

function copiesInto(
  run: Run,
  reference: ReferenceModel,
  into: readonly NativeId[],
  kept: readonly Merge[],
): Promise<readonly Pick<ArchiveRecord, "_id" | "loser" | "into">[]> {
  return run.ctx.records.rowsArchive
    .find(
      { ...copiesBy(run.ctx.model, reference), into: { $in: [...into] }, $or: [...copiesOfMerges(kept)] },
      { projection: { loser: 1, into: 1 } },
    )
    .toArray();
}
