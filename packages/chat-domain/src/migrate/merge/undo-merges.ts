import type { NativeId } from "../../identity/native-id.ts";
import { groupedById, idMap } from "../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { mergedAtField, mergedIntoField } from "../../model/stored-document.ts";
import type { Merge, MovesRecord } from "../context/migration-records.ts";
import { arrayPart, foldParts, forgetOriginals } from "../journal/originals.ts";
import type { Run } from "../run/run.ts";
import { restoreCopies } from "./archive/archive-documents.ts";
import { unfoldDocuments } from "./fold/fold-documents.ts";
import { byReference, moveBack } from "./references/move-back.ts";
import { removeAliases } from "./survivors.ts";

/**
 * Makes losers chats of their own again, in the mirror order of their merge: what was moved goes back first, so that no
 * message is out of sight when the loser comes back to life. What was written to the survivor since stays there.
 */
export async function restoreLosers(run: Run, merges: readonly Merge[]): Promise<void> {
  const { ctx, write } = run;
  const { collection } = ctx.model.chats;
  const losers = merges.map(({ loser }) => loser);
  const survivors = groupedById(merges, ({ survivor }) => survivor).flatMap(
    ([merge]) => merge?.survivor ?? [],
  );
  await moveBack(run, merges);
  for (const reference of ctx.model.references) await restoreRows(run, merges, reference);
  await unfoldDocuments(run, {
    collection,
    ids: survivors,
    fold: ctx.model.fold,
    archive: "chats_archive",
    target: "survivor",
  });
  await write.update(
    collection,
    merges.map(({ loser }) => ({
      q: { _id: loser, [mergedIntoField]: { $exists: true } },
      u: { $unset: { [mergedIntoField]: "", [mergedAtField]: "" } },
    })),
  );
  await write.delete(
    "chat_redirects",
    losers.map((_id) => ({ _id })),
  );
  await removeAliases(run, merges);
  // Whoever resolved the tombstone just before may have referred to it once more: now it is a chat again, and right.
  await moveBack(run, merges);
  await forgetMerges(run, losers, survivors);
}

async function restoreRows(
  run: Run,
  merges: readonly Merge[],
  { collection, onConflict, fold }: ReferenceModel,
): Promise<void> {
  if (onConflict === undefined) return;
  const filter = { collection, loser: { $in: merges.map(({ loser }) => loser) } };
  const into = (await run.ctx.records.rowsArchive.distinct("into", filter)) as NativeId[];
  await restoreCopies(run, { archive: "chat_rows_archive", into: collection, merges });
  if (onConflict === "fold") {
    await unfoldDocuments(run, { collection, ids: into, fold, archive: "chat_rows_archive", target: "into" });
    await forgetOriginals(run, { collection, ids: into, parts: foldParts });
  }
}

/** Once the losers are back, nothing of their merge is remembered: the next one begins anew. */
async function forgetMerges(
  run: Run,
  losers: readonly NativeId[],
  survivors: readonly NativeId[],
): Promise<void> {
  const records = await run.ctx.records.moves.find({ loser: { $in: [...losers] } }).toArray();
  await run.write.delete(
    "chat_merge_moves",
    records.map(({ _id }) => ({ _id })),
  );
  for (const arrays of byReference(records.filter(({ _id }) => _id.form === "array"))) {
    await forgetArrays(run, arrays);
  }
  await forgetOriginals(run, {
    collection: run.ctx.model.chats.collection,
    ids: survivors,
    parts: foldParts,
  });
}

/** The original of an array is needed as long as any loser is missing from it. */
async function forgetArrays(run: Run, records: readonly MovesRecord[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const { collection, field } = first._id;
  const every = records.flatMap((record) => record.ids);
  const ids = groupedById(every, (id) => id).flatMap(([id]) => id ?? []);
  const left = await run.ctx.records.moves
    .find({ ids: { $in: ids }, "_id.form": "array", "_id.collection": collection, "_id.field": field })
    .toArray();
  const needed = idMap(left.flatMap((record) => record.ids.map((id) => [id, true] as const)));
  const free = ids.filter((id) => !needed.has(id));
  await forgetOriginals(run, { collection, ids: free, parts: [arrayPart(field)] });
}
