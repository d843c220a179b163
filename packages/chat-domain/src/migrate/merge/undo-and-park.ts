import { type Merge, losersOf } from "../context/migration-records.ts";
import { parkMerges } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { restoreCopies } from "./archive/archive-documents.ts";
import { allFolds } from "./all-folds.ts";
import { moveMarksBack } from "./fold/archived-marks.ts";
import { tellStays } from "./references/stays.ts";
import { undoMerges } from "./undo-merges.ts";

export interface UnmergeableMerge {
  readonly merge: Merge;
  readonly reason: string;
}

/**
 * Parks duplicates that cannot be merged. What has been done of their merges is undone first, so that a chat that is
 * parked is as it was; its survivor's other duplicates keep their places.
 */
export async function undoAndPark(run: Run, unmergeable: readonly UnmergeableMerge[]): Promise<void> {
  if (unmergeable.length === 0) return;
  const merges = unmergeable.map(({ merge }) => merge);
  const losers = losersOf(merges);
  const into = run.ctx.model.chats.collection;
  const purged = await run.ctx.records.journal.find({ _id: { $in: losers }, state: "purged" }).toArray();
  if (purged.length > 0) {
    await restoreCopies(run, { archive: "chats_archive", into, merges });
    for (const fold of allFolds(run.ctx)) await moveMarksBack(run, fold, merges);
  }
  tellStays(run, await undoMerges(run, merges));
  await parkMerges(
    run,
    unmergeable.map(({ merge, reason }) => ({ merge, reason, epoch: merge.epoch + 1 })),
  );
}
