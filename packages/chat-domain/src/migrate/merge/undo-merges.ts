import type { Document } from "mongodb";
import { ownField, recordName } from "../../model/own-names.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { groupedById, idMap, idSet } from "../../identity/stored-ids.ts";
import type { ReferenceModel } from "../../model/merge-model.ts";
import { rootOf } from "../../model/stored-document.ts";
import { type JournalState, type Merge, mergeOf, losersOf } from "../context/migration-records.ts";
import { copiesOfMerges } from "../journal/copies-of-merges.ts";
import { foldParts, deleteOriginals } from "../journal/originals.ts";
import type { Run } from "../run/run.ts";
import { assertWritten } from "../run/write-outcome.ts";
import { restoreCopies } from "./archive/archive-documents.ts";
import { recountChats } from "./fold/recount.ts";
import { unfoldDocuments } from "./fold/unfold-documents.ts";
import { chatFold } from "./chat-fold.ts";
import { foldedChats, followAnew, survivorsNaming } from "./named-in-folds.ts";
import { returnElements } from "./return-elements.ts";
import { withoutMerges } from "./merge-standing.ts";
import { displacedRows, foldDisplaced, isElsewhere, unmarkDisplaced } from "./references/displaced-rows.ts";
import { forgetMoves } from "./references/forget-moves.ts";
import { moveBack } from "./references/move-back.ts";
import { moveReferences } from "./references/move-references.ts";
import { rowFold } from "./references/row-conflicts.ts";
import { copiesBy, foldsRows } from "./references/row-copies.ts";
import type { Stay } from "./references/stays.ts";
import { type Parting, restoreStoodFor } from "./stood-for-rows.ts";
import { removeAliases } from "./survivor-aliases.ts";

export interface RestoreOptions {
  /** Since when the losers are released, so that the next `up` leaves them alone; not at all unless given. */
  readonly releasedAt?: Date;
}

/**
 * Makes losers chats of their own again, in the mirror order of their merge: what was moved goes back first, so that no
 * message is out of sight when the loser comes back to life. What was written to the survivor since stays there, and so
 * do its other duplicates with their contributions. Returns what cannot go back, which the caller has to tell.
 */
export async function undoMerges(
  run: Run,
  merges: readonly Merge[],
  options: RestoreOptions = {},
): Promise<readonly Stay[]> {
  const losers = losersOf(merges);
  const survivors = groupedById(merges, ({ survivor }) => survivor).flatMap(
    ([merge]) => merge?.survivor ?? [],
  );
  const kept = await otherMergesInto(run, survivors, merges);
  const undoing: Undoing = { undone: merges, kept, survivors, naming: await survivorsNaming(run, merges) };
  const left: { readonly reference: ReferenceModel; readonly merges: readonly Merge[] }[] = [];
  for (const reference of run.ctx.model.references)
    left.push({ reference, merges: await restoreStoodFor(run, reference, undoing) });
  await moveBack(run, merges, isUnfolded(run, undoing));
  const rows: RowsOf[] = [];
  for (const reference of run.ctx.model.references)
    rows.push({ collection: reference.collection, ids: await restoreRows(run, undoing, reference) });
  await forgetRows(run, rows, kept);
  const isKept = idSet(kept.map(({ survivor }) => survivor));
  const folded = await foldedChats(
    run,
    survivors.filter((id) => !isKept.has(id)),
  );
  await unfoldChats(run, undoing);
  await revive(run, losers, options);
  await run.write.delete(
    recordName(run.ctx.model, "chat_redirects"),
    losers.map((_id) => ({ _id })),
  );
  await removeAliases(run, merges);
  // Whoever resolved the tombstone just before may have referred to it once more: now it is a chat again, and right.
  const stays = await moveBack(run, merges, isUnfolded(run, undoing));
  for (const { reference, merges: others } of left)
    if (others.length > 0) await moveReferences(run, others, reference);
  await followAnew(run, folded);
  await forgetMerges(run, undoing, stays);
  return stays;
}

interface Undoing extends Parting {
  readonly survivors: readonly NativeId[];
  /** Survivors of any merges that have folded ids of the losers. */
  readonly naming: readonly NativeId[];
}

const contributing: readonly JournalState[] = ["planned", "merged", "settled", "purged"];

async function otherMergesInto(
  run: Run,
  survivors: readonly NativeId[],
  merges: readonly Merge[],
): Promise<readonly Merge[]> {
  const entries = await run.ctx.records.journal
    .find({ survivor: { $in: [...survivors] }, state: { $in: [...contributing] } })
    .toArray();
  return withoutMerges(entries.flatMap(mergeOf), merges);
}

/** References of a survivor's that lie in its own folded fields go back with those. */
function isUnfolded(
  run: Run,
  { survivors, naming }: Undoing,
): (collection: string, field: string, id: NativeId) => boolean {
  const { chats, fold } = run.ctx.model;
  const roots = new Set(Object.keys(fold).map(rootOf));
  const isSurvivor = idSet([...survivors, ...naming]);
  return (collection, field, id) =>
    collection === chats.collection && roots.has(rootOf(field)) && isSurvivor.has(id);
}

async function unfoldChats(run: Run, { undone, kept, survivors, naming }: Undoing): Promise<void> {
  const folds = chatFold(run.ctx);
  const isSurvivor = idSet(survivors);
  await unfoldDocuments(run, {
    ...folds,
    ids: [...survivors, ...naming.filter((id) => !isSurvivor.has(id))],
    undone,
    naming: idSet(naming),
    returning: (all) => returnElements(run, folds, all),
  });
  const others = groupedById(kept, ({ survivor }) => survivor).flatMap(([merge]) => merge?.survivor ?? []);
  await recountChats(run, others);
}

const validatorCode = 121;

/** A seal demands that a chat without a key says why it has none. */
async function revive(run: Run, losers: readonly NativeId[], { releasedAt }: RestoreOptions): Promise<void> {
  const { chats } = run.ctx.model;
  const [mergedInto, mergedAt] = [ownField(run.ctx.model, "mergedInto"), ownField(run.ctx.model, "mergedAt")];
  const released = releasedAt === undefined ? {} : { [ownField(run.ctx.model, "releasedAt")]: releasedAt };
  const statement = (_id: NativeId, set: object) => ({
    q: { _id, [mergedInto]: { $exists: true } },
    u: {
      $unset: { [mergedInto]: "", [mergedAt]: "" },
      ...(Object.keys(set).length === 0 ? {} : { $set: set }),
    },
  });
  const { refusals } = await run.write.update(
    chats.collection,
    losers.map((loser) => statement(loser, released)),
  );
  const unkeyed = { ...released, [ownField(run.ctx.model, "unkeyedAt")]: run.ctx.now() };
  const sealed = refusals.filter(({ code }) => code === validatorCode);
  const again = await run.write.update(
    chats.collection,
    sealed.flatMap(({ index }) => (losers[index] === undefined ? [] : [statement(losers[index], unkeyed)])),
  );
  const others = refusals.filter(({ code }) => code !== validatorCode);
  assertWritten(chats.collection, { refusals: [...others, ...again.refusals] });
}

/** The survivors' rows of a collection. */
interface RowsOf {
  readonly collection: string;
  readonly ids: readonly NativeId[];
}

/** Returns the survivors' rows that have stood for others. */
async function restoreRows(
  run: Run,
  { undone }: Undoing,
  reference: ReferenceModel,
): Promise<readonly NativeId[]> {
  const { collection, onConflict } = reference;
  if (onConflict === undefined) return [];
  await restoreCopies(run, { archive: "chat_rows_archive", into: collection, merges: undone });
  if (!foldsRows(reference)) return [];
  const into = await rowsInto(run, copiesBy(run.ctx.model, reference), undone);
  const folds = rowFold(run.ctx.model, reference);
  const displaced = await displacedRows(run, reference, undone);
  await foldDisplaced(run, reference, displaced);
  const standing = idMap(displaced.filter(isElsewhere).map((row) => [row.id, row.standing] as const));
  await unfoldDocuments(run, {
    ...folds,
    ids: into,
    undone,
    staying: idSet(displaced.filter((row) => !isElsewhere(row)).map(({ id }) => id)),
    returning: (all) => returnElements(run, folds, all, standing),
  });
  await unmarkDisplaced(run, reference, displaced);
  return into;
}

/** Once every reference has its rows back, and where no other duplicate's row is in there. */
async function forgetRows(run: Run, rows: readonly RowsOf[], kept: readonly Merge[]): Promise<void> {
  for (const { collection, ids } of rows) {
    if (ids.length === 0) continue;
    const others = idSet(await rowsInto(run, { collection }, kept));
    await deleteOriginals(run, { collection, ids: ids.filter((id) => !others.has(id)), parts: foldParts });
  }
}

/** The survivors' rows that stand for rows of these merges' losers. */
async function rowsInto(run: Run, copies: Document, merges: readonly Merge[]): Promise<readonly NativeId[]> {
  if (merges.length === 0) return [];
  const filter = { ...copies, $or: [...copiesOfMerges(merges)] };
  return (await run.ctx.records.rowsArchive.distinct("into", filter)) as NativeId[];
}

/** Once the losers are back, nothing of their merge is kept but what stays: the next one begins anew. */
async function forgetMerges(
  run: Run,
  { undone, kept, survivors }: Undoing,
  stays: readonly Stay[],
): Promise<void> {
  const isOver = { loser: { $in: losersOf(undone) }, isStaying: { $ne: true } };
  await forgetMoves(run, await run.ctx.records.moves.find(isOver).toArray(), stays);
  const others = idMap(kept.map(({ survivor }) => [survivor, true] as const));
  const ids = survivors.filter((id) => !others.has(id));
  await deleteOriginals(run, { collection: run.ctx.model.chats.collection, ids, parts: foldParts });
}
