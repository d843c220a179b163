import { mergedAtField, mergedIntoField } from "../chat-document.ts";
import type { ReferenceModel } from "../merge-model.ts";
import type { NativeId } from "../native-id.ts";
import { moveArrayBack } from "./array-moves.ts";
import { inForm } from "./chat-forms.ts";
import type { UpdateStatement } from "./guarded-writes.ts";
import { groupedById } from "./id-map.ts";
import type { Merge } from "./merge.ts";
import { removeAliases } from "./merge-batch.ts";
import type { MovesRecord } from "./migration-records.ts";
import { restoreCopies } from "./restore-copies.ts";
import type { Run } from "./run.ts";
import { unfoldDocuments } from "./unfold-documents.ts";

/** How many records of moves are in memory at once; each may name a whole batch of documents. */
const recordsAtOnce = 100;

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
    merges.map(({ loser, survivor }) => ({
      q: { _id: loser, [mergedIntoField]: survivor },
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

async function moveBack(run: Run, merges: readonly Merge[]): Promise<void> {
  for await (const records of movesOf(run, merges)) {
    for (const { collection, statements } of backwards(records))
      await run.write.update(collection, statements);
  }
}

async function* movesOf(run: Run, merges: readonly Merge[]): AsyncGenerator<readonly MovesRecord[]> {
  const losers = merges.map(({ loser }) => loser);
  const cursor = run.ctx.records.moves.find({ loser: { $in: losers } }, { batchSize: recordsAtOnce });
  let records: MovesRecord[] = [];
  for await (const record of cursor) {
    records.push(record);
    if (records.length < recordsAtOnce) continue;
    yield records;
    records = [];
  }
  if (records.length > 0) yield records;
}

interface Backwards {
  readonly collection: string;
  readonly statements: readonly UpdateStatement[];
}

function backwards(records: readonly MovesRecord[]): readonly Backwards[] {
  const collections = [...new Set(records.map(({ _id }) => _id.collection))];
  return collections.map((collection) => ({
    collection,
    statements: records.filter(({ _id }) => _id.collection === collection).flatMap(statementsOf),
  }));
}

function statementsOf({ _id, loser, survivor, ids, arrays }: MovesRecord): readonly UpdateStatement[] {
  const { field, form } = _id;
  const merge = { loser, survivor, epoch: 0 };
  if (form === "array") {
    return ids.map((id, index) => moveArrayBack(field, { id, merge, was: arrays?.[index] ?? [] }));
  }
  return [
    {
      q: { _id: { $in: ids }, [field]: inForm(survivor, form) },
      u: { $set: { [field]: inForm(loser, form) } },
      multi: true,
    },
  ];
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
    await forgetFields(run, collection, into);
  }
}

/** Once the losers are back, nothing of their merge is remembered: the next one begins anew. */
async function forgetMerges(
  run: Run,
  losers: readonly NativeId[],
  survivors: readonly NativeId[],
): Promise<void> {
  const moves = await run.ctx.records.moves
    .find({ loser: { $in: [...losers] } }, { projection: { _id: 1 } })
    .toArray();
  await run.write.delete(
    "chat_merge_moves",
    moves.map(({ _id }) => ({ _id })),
  );
  await forgetFields(run, run.ctx.model.chats.collection, survivors);
}

async function forgetFields(run: Run, collection: string, ids: readonly NativeId[]): Promise<void> {
  await run.write.update(
    "chat_originals",
    ids.map((id) => ({ q: { _id: { collection, id } }, u: { $unset: { fields: "", recounted: "" } } })),
  );
  await run.write.delete(
    "chat_originals",
    ids.map((id) => ({ _id: { collection, id }, key: { $exists: false } })),
  );
}
