import { type Merge, losersOf } from "../context/migration-records.ts";
import { park } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { restoreCopies } from "./archive/archive-documents.ts";
import { restoreLosers } from "./undo-merges.ts";

export interface Obstacle {
  readonly merge: Merge;
  readonly reason: string;
}

/**
 * Sets duplicates aside that cannot be merged, and says why. What has been done of their merges is undone first, so that
 * a chat that is set aside is as it was; its survivor's other duplicates keep their places.
 */
export async function setAside(run: Run, obstacles: readonly Obstacle[]): Promise<void> {
  if (obstacles.length === 0) return;
  const merges = obstacles.map(({ merge }) => merge);
  const losers = losersOf(merges);
  const into = run.ctx.model.chats.collection;
  const purged = await run.ctx.records.journal.find({ _id: { $in: losers }, state: "purged" }).toArray();
  if (purged.length > 0) await restoreCopies(run, { archive: "chats_archive", into, merges });
  await restoreLosers(run, merges);
  await park(
    run,
    obstacles.map(({ merge: { loser, survivor, epoch }, reason }) => ({
      chat: loser,
      survivor,
      kind: "unmergeable" as const,
      reason,
      epoch: epoch + 1,
    })),
  );
}
