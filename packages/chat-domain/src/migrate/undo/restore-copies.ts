import type { Document } from "mongodb";
import { duplicateKeyCode } from "../../driver-errors.ts";
import type { Merge } from "../merge/merge.ts";
import type { Run } from "../run/run.ts";
import { isServerError } from "../../server-error.ts";

export interface RestoreRequest {
  readonly archive: "chats_archive" | "chat_rows_archive";
  readonly into: string;
  readonly merges: readonly Merge[];
}

/**
 * Inserts the last copy of every document that these merges have taken away, as it was, unless it is there. Within the
 * server, so that every BSON type stays what it is.
 */
export async function restoreCopies(run: Run, { archive, into, merges }: RestoreRequest): Promise<void> {
  try {
    await restore(run, { archive, into, merges });
  } catch (error) {
    if (!isServerError(error) || error.code !== duplicateKeyCode) throw error;
    if (merges.length === 1) {
      run.ctx.tell({
        event: "note",
        message: `a document of ${into} stays in the archive: another one stands in its place`,
      });
      return;
    }
    for (const merge of merges) await restoreCopies(run, { archive, into, merges: [merge] });
  }
}

async function restore(run: Run, { archive, into, merges }: RestoreRequest): Promise<void> {
  await run.write.merge(archive, [
    { $match: { collection: into, $or: ofTheseMerges(merges) } },
    { $sort: { archivedAt: 1 } },
    { $group: { _id: "$_id.id", document: { $last: "$document" } } },
    { $replaceWith: "$document" },
    { $merge: { into, on: "_id", whenMatched: "keepExisting", whenNotMatched: "insert" } },
  ]);
}

/** Copies of an earlier merge that was rolled back are history. */
function ofTheseMerges(merges: readonly Merge[]): readonly Document[] {
  const epochs = [...new Set(merges.map(({ epoch }) => epoch))];
  return epochs.map((epoch) => ({
    epoch,
    loser: { $in: merges.filter((merge) => merge.epoch === epoch).map(({ loser }) => loser) },
  }));
}
