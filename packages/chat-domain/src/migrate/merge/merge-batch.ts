import type { NativeId } from "../../identity/native-id.ts";
import { groupedById, idMap, idSet } from "../../identity/stored-ids.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import { identityProjection } from "../../model/chat-document.ts";
import { isReleased } from "../../model/own-names.ts";
import { type Merge, losersOf } from "../context/migration-records.ts";
import { advance, forget, parkMerges } from "../journal/journal.ts";
import { saveOriginalFields } from "../journal/originals.ts";
import { claimKeys } from "../keys/claim-keys.ts";
import type { Run } from "../run/run.ts";
import { refusalReason } from "../run/write-outcome.ts";
import { commitMerges, type RefusedMerge } from "./commit-point.ts";
import { completeMerges } from "./complete-merges.ts";
import { mapReferences } from "./map-keys.ts";
import { withoutMerges } from "./merge-standing.ts";
import { saveUnmovedFields } from "./named-in-folds.ts";
import { undoAndPark } from "./undo-and-park.ts";
import { giveUpVanished, type Survey, surveyMerges } from "./survey-merges.ts";
import { addAliasesOrPark, removeAliases } from "./survivor-aliases.ts";
import { undoMerges } from "./undo-merges.ts";
import { foldedOutside, selectedAgain, unselectedReason } from "./unselected-survivors.ts";

/**
 * Merges planned losers into their survivors. Every step is one idempotent write for all of them, in an order in which
 * no message is out of sight at any moment: the survivor lists the loser as an alias before the loser becomes a
 * tombstone, and only then does anything move.
 */
export async function mergeBatch(run: Run, merges: readonly Merge[]): Promise<void> {
  const survey = await surveyMerges(run, merges);
  await resolveUnmergeable(run, survey);
  if (survey.ready.length === 0) return;
  const ready = survey.ready.map(({ merge }) => merge);
  const { collection } = run.ctx.model.chats;
  const survivors = groupedById(ready, ({ survivor }) => survivor).flatMap(
    ([merge]) => merge?.survivor ?? [],
  );
  await saveUnmovedFields(run, survivors);
  await saveOriginalFields(run, { collection, ids: survivors, fold: run.ctx.model.fold });
  const aliased = await addAliasesOrPark(run, ready);
  const isAliased = idSet(losersOf(aliased));
  const refused = await commitMerges(
    run,
    survey.ready.filter(({ merge }) => isAliased.has(merge.loser)),
  );
  await parkRefused(run, refused);
  const isRefused = idMap(refused.map(({ merge }) => [merge.loser, true] as const));
  await completeMerges(
    run,
    aliased.filter(({ loser }) => !isRefused.has(loser)),
    {
      isSelected: true,
      isLast: mapReferences(run.ctx.model).length === 0,
      drifted: (drifted) => undoDrifted(run, drifted),
    },
  );
}

/** Ends what {@link mergeBatch} has left to be ended, once keys of maps have followed. */
export function endMerges(run: Run, merges: readonly Merge[]): Promise<void> {
  return completeMerges(run, merges, {
    isSelected: true,
    isLast: true,
    drifted: (drifted) => undoDrifted(run, drifted),
  });
}

async function resolveUnmergeable(run: Run, { gone, keyed, drifted, unmergeable }: Survey): Promise<void> {
  await giveUpVanished(run, gone);
  await removeAliases(run, keyed);
  await forget(run, losersOf(keyed));
  await undoAndPark(run, unmergeable);
  await undoDrifted(run, drifted);
}

/**
 * Losers that are duplicates no more are chats of their own again, and those that `where` selects claim their key. Those
 * that would only drift once more, by what they fold, are parked.
 */
async function undoDrifted(run: Run, drifted: readonly Merge[]): Promise<void> {
  if (drifted.length === 0) return;
  const outside = await foldedOutside(run.ctx, drifted);
  await undoMerges(run, drifted);
  const parked = await selectedAgain(run.ctx, outside);
  const reason = unselectedReason(run.ctx.model);
  await parkMerges(
    run,
    parked.map((merge) => ({ merge, reason, epoch: merge.epoch + 1 })),
  );
  const losers = losersOf(withoutMerges(drifted, parked));
  // Not forgotten: the next merge of theirs has an epoch of its own, as copies of this one are history then.
  await advance(run, losers, { from: ["planned"], to: "rolled-back" });
  await claimKeys(run, await claimableChats(run, losers));
}

async function claimableChats({ ctx }: Run, ids: readonly NativeId[]) {
  const chats = await ctx.chats
    .find(
      { $and: [uniqueChats(ctx.model), { _id: { $in: [...ids] } }] },
      { projection: identityProjection(ctx.model) },
    )
    .toArray();
  return chats.filter((chat) => !isReleased(ctx.model, chat));
}

async function parkRefused(run: Run, refused: readonly RefusedMerge[]): Promise<void> {
  await removeAliases(
    run,
    refused.map(({ merge }) => merge),
  );
  const { collection } = run.ctx.model.chats;
  await parkMerges(
    run,
    refused.map(({ merge, refusal }) => ({
      merge,
      reason: `it could not be told what it was merged into (${collection}): ${refusalReason(refusal)}`,
    })),
  );
}
