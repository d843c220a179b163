import type { NativeId } from "../../identity/native-id.ts";
import { idMap, idText } from "../../identity/stored-ids.ts";
import { keyField, mergedIntoField } from "../../model/stored-document.ts";
import type { Merge } from "../context/migration-records.ts";
import { advance } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { isMissing } from "../run/write-statements.ts";
import { archiveDocuments } from "./archive/archive-documents.ts";
import { foldDocuments } from "./fold/fold-documents.ts";
import { recountChats, recountRows } from "./fold/recount.ts";
import { incompleteMerges } from "./incomplete-merges.ts";
import { moveReferences } from "./references/move-references.ts";
import { withoutVanished } from "./survey-merges.ts";
import { addAliases, withLiveSurvivor } from "./survivors.ts";
import { tombstones } from "./tombstones.ts";

/** How often losers that an old version keeps changing are done again before they are left for a sweep of settle. */
const attempts = 3;

/**
 * Everything that follows the commit point: copy, redirect, move what refers to the loser, fold its fields, check. May
 * be done again at any time; what an old version has written to the loser since is taken along. What does not come to
 * its end, because the loser keeps changing or the survivor is gone, stays in the state it is in, for the next look.
 */
export async function completeMerges(run: Run, merges: readonly Merge[]): Promise<void> {
  let open = merges;
  for (let attempt = 0; attempt < attempts && open.length > 0; attempt += 1) {
    // Nothing moves to a chat that is gone: its losers are orphans, which the survey before each merge takes care of.
    open = await addAliases(run, open);
    await archiveLosers(run, open);
    open = await withoutVanished(run, open);
    await redirect(run, open);
    for (const reference of run.ctx.model.references) await moveReferences(run, open, reference);
    await fold(run, open);
    const incomplete = await incompleteMerges(run.ctx, open);
    const left = idMap(incomplete.map(({ loser }) => [loser, true] as const));
    const done = open.filter(({ loser }) => !left.has(loser));
    await advance(
      run,
      (await withLiveSurvivor(run.ctx, done)).map(({ loser }) => loser),
      { from: ["planned"], to: "merged", set: { mergedAt: run.ctx.now() } },
    );
    open = incomplete;
  }
}

export async function archiveLosers(run: Run, merges: readonly Merge[]): Promise<void> {
  await archiveDocuments(run, {
    from: run.ctx.model.chats.collection,
    archive: "chats_archive",
    documents: merges.map((merge) => ({ id: merge.loser, merge })),
    filter: { [mergedIntoField]: { $exists: true } },
  });
}

/** What the journal says is what the tombstone and the redirect have to say. Most tombstones do: the rest is written. */
async function redirect(run: Run, merges: readonly Merge[]): Promise<void> {
  const { model } = run.ctx;
  const merged = await tombstones(
    run.ctx,
    merges.map(({ loser }) => loser),
  );
  const astray = merges.filter(
    ({ loser, survivor }) => merged.has(loser) && idText(merged.get(loser)) !== idText(survivor),
  );
  await run.write.update(
    model.chats.collection,
    astray.map(({ loser, survivor }) => ({
      q: { _id: loser, [keyField]: { $exists: false }, [mergedIntoField]: { $exists: true, $ne: survivor } },
      u: { $set: { [mergedIntoField]: survivor } },
    })),
  );
  const since = run.ctx.now();
  await run.write.upsert(
    "chat_redirects",
    merges.map(({ loser, survivor }) => ({ _id: loser, set: { to: survivor }, setIfMissing: { since } })),
  );
}

async function fold(run: Run, merges: readonly Merge[]): Promise<void> {
  const { model } = run.ctx;
  await foldDocuments(run, {
    archive: "chats_archive",
    filter: { "_id.id": { $in: merges.map(({ loser }) => loser) } },
    target: "survivor",
    into: model.chats.collection,
    alive: {
      $and: [{ $eq: [{ $type: "$participantsKey" }, "string"] }, isMissing(mergedIntoField)],
    },
    fold: model.fold,
  });
  await recount(run, merges);
}

/** Counters last, when everything that they count has followed. */
async function recount(run: Run, merges: readonly Merge[]): Promise<void> {
  const { model, records } = run.ctx;
  const loser = { $in: merges.map((merge) => merge.loser) };
  for (const reference of model.references) {
    if (reference.onConflict !== "fold") continue;
    const into = await records.rowsArchive.distinct("into", { collection: reference.collection, loser });
    await recountRows(run, reference, into as readonly NativeId[]);
  }
  await recountChats(
    run,
    merges.map(({ survivor }) => survivor),
  );
}
