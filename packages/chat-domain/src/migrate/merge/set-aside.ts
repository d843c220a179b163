import type { Merge } from "../context/migration-records.ts";
import { park } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { restoreCopies } from "./archive/archive-documents.ts";
import { restoreLosers } from "./undo-merges.ts";

/**
 * Sets a duplicate aside that cannot be merged, and says why. What has been done of its merge is undone first, so that a
 * chat that is set aside is as it was; its survivor's other duplicates keep their places.
 */
export async function setAside(run: Run, merge: Merge, reason: string): Promise<void> {
  const { loser, survivor } = merge;
  const entry = await run.ctx.records.journal.findOne({ _id: { $eq: loser } });
  if (entry?.state === "purged") {
    const into = run.ctx.model.chats.collection;
    await restoreCopies(run, { archive: "chats_archive", into, merges: [merge] });
  }
  await restoreLosers(run, [merge]);
  await park(run, [{ chat: loser, survivor, kind: "unmergeable", reason }]);
}
