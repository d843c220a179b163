import { ownField, recordName } from "../../model/own-names.ts";
import { idSet } from "../../identity/stored-ids.ts";
import { type Merge, mergeOf, losersOf } from "../context/migration-records.ts";
import { advance, journalBatches } from "../journal/journal.ts";
import { deleteArchived } from "../merge/archive/archive-documents.ts";
import { contentsOf } from "../merge/archive/content-hash.ts";
import { archiveLosers, completeMerged } from "../merge/complete-merges.ts";
import { allFolds } from "../merge/all-folds.ts";
import { moveMarksToArchive } from "../merge/fold/archived-marks.ts";
import { incompleteMerges, stragglers } from "../merge/incomplete-merges.ts";
import { withoutMerges } from "../merge/merge-standing.ts";
import { bisect } from "../run/bisect.ts";
import type { Run } from "../run/run.ts";
import { sweep } from "./settle-phase.ts";

/**
 * Deletes settled duplicates, each only while it still is what its copy says. Redirect, alias and copy stay for ever.
 */
export async function purgePhase(run: Run): Promise<void> {
  const total = await run.ctx.records.journal.countDocuments({ state: "settled" });
  let done = 0;
  for await (const entries of journalBatches(run.ctx, ["settled"], () => run.batch.current())) {
    const started = performance.now();
    await bisect(run, entries.flatMap(mergeOf), {
      phase: "purge",
      work: purgeBatch,
      giveUp: async (_merge, reason) => note(run, 1, reason),
    });
    done += entries.length;
    await run.attempt("purge", () => run.checkpoint("purge", {}));
    const batchMs = performance.now() - started;
    run.batch.took(batchMs, entries.length);
    run.progress("purge", { done, total, batch: entries.length, batchMs });
  }
  await sweep(run, "purge");
  await removePurgedMarks(run);
}

/** Whose duplicate is gone for ever needs no mark in its survivor: the archive has it. */
async function removePurgedMarks(run: Run): Promise<void> {
  const folds = allFolds(run.ctx);
  if (folds.length === 0) return;
  for await (const entries of journalBatches(run.ctx, ["purged"], () => run.batch.current())) {
    for (const fold of folds)
      await run.attempt("purge", () => moveMarksToArchive(run, fold, entries.flatMap(mergeOf)));
    await run.attempt("purge", () => run.checkpoint("purge", {}));
  }
}

/** A tombstone that anything refers to stays: whoever follows that would find nothing. */
async function withoutReferences(run: Run, merges: readonly Merge[]): Promise<readonly Merge[]> {
  const open = await incompleteMerges(run.ctx, merges);
  if (open.length > 0) note(run, open.length, "something refers to them, or they have changed just now");
  return withoutMerges(merges, open);
}

function note(run: Run, staying: number, reason: string): void {
  run.ctx.emit({ event: "note", message: `${staying} merged duplicates stay: ${reason}` });
}

async function purgeBatch(run: Run, merges: readonly Merge[]): Promise<void> {
  const { ctx, write } = run;
  await completeMerged(run, await stragglers(ctx, merges));
  const deletable = await withoutReferences(run, merges);
  // Once more, so that the copy of what is deleted is the youngest: that is the one a rollback brings back.
  await archiveLosers(run, deletable);
  const losers = losersOf(deletable);
  const hashes: { readonly id: Merge["loser"]; readonly hash: string }[] = [];
  for await (const { id, hash } of contentsOf(ctx.chats, losers)) hashes.push({ id, hash });
  // Written before the deletion, so that a rollback knows which of several copies was the last.
  await write.update(
    recordName(run.ctx.model, "chat_merge_journal"),
    hashes.map(({ id, hash }) => ({ q: { _id: id }, u: { $set: { purgedHash: hash } } })),
  );
  await deleteArchived(run, {
    collection: ctx.model.chats.collection,
    archive: "archive",
    ids: losers,
    filter: { [ownField(run.ctx.model, "mergedInto")]: { $exists: true } },
  });
  const left = await ctx.chats.find({ _id: { $in: losers } }, { projection: { _id: 1 } }).toArray();
  const isLeft = idSet(left.map(({ _id }) => _id));
  const purged = losers.filter((id) => !isLeft.has(id));
  await advance(run, purged, { from: ["settled"], to: "purged" });
  run.count({ purged: purged.length });
  if (left.length > 0)
    note(run, left.length, "they changed just now, or cannot be compared with their copies");
}
