import { keyField, mergedAtField, mergedIntoField } from "../../chat-document.ts";
import { addAliases, removeAliases } from "./aliases.ts";
import { claimKeys } from "../keys/claim-keys.ts";
import { completeMerges } from "./complete-merges.ts";
import { groupedById, idMap } from "./id-map.ts";
import { advance, forget, park } from "./journal.ts";
import type { Merge } from "./merge.ts";
import { rememberFields } from "./originals.ts";
import { restoreLosers } from "../undo/restore-losers.ts";
import type { Run } from "../run/run.ts";
import { chatsWithIds } from "../keys/scan-chats.ts";
import { type Survey, surveyMerges } from "./survey-merges.ts";

/**
 * Merges planned losers into their survivors. Every step is one idempotent write for all of them, in an order in which
 * no message is out of sight at any moment: the survivor lists the loser as an alias before the loser becomes a
 * tombstone, and only then does anything move.
 */
export async function mergeBatch(run: Run, merges: readonly Merge[]): Promise<void> {
  const survey = await surveyMerges(run, merges);
  await settleUnmergeable(run, survey);
  const { ready } = survey;
  if (ready.length === 0) return;
  const { collection } = run.ctx.model.chats;
  const survivors = groupedById(ready, ({ survivor }) => survivor).flatMap(
    ([merge]) => merge?.survivor ?? [],
  );
  await rememberFields(run, { collection, ids: survivors, fold: run.ctx.model.fold });
  const aliased = await addAliases(run, ready);
  await markMerged(run, aliased);
  await completeMerges(run, await tombstonesOf(run, aliased));
}

async function settleUnmergeable(run: Run, { gone, keyed, orphaned, tooLarge }: Survey): Promise<void> {
  await advance(
    run,
    gone.map(({ loser }) => loser),
    { from: ["planned"], to: "gone" },
  );
  await forget(
    run,
    keyed.map(({ loser }) => loser),
  );
  await park(
    run,
    tooLarge.map(({ loser, survivor }) => ({
      chat: loser,
      survivor,
      kind: "unmergeable" as const,
      reason: "it is too large to be archived",
    })),
  );
  if (orphaned.length === 0) return;
  // The survivor is gone: its duplicates are chats of their own again, and the oldest of them claims the key.
  await restoreLosers(run, orphaned);
  const losers = orphaned.map(({ loser }) => loser);
  await forget(run, losers);
  await claimKeys(run, await chatsWithIds(run.ctx, losers));
}

/** The commit point: tombstone and redirect in one document. */
async function markMerged(run: Run, merges: readonly Merge[]): Promise<void> {
  const { ctx, write } = run;
  const mergedAt = ctx.now();
  const outcome = await write.update(
    ctx.model.chats.collection,
    merges.map(({ loser, survivor }) => ({
      q: { _id: loser, [keyField]: { $exists: false }, [mergedIntoField]: null },
      u: { $set: { [mergedIntoField]: survivor, [mergedAtField]: mergedAt } },
    })),
  );
  const refused = outcome.refusals.flatMap(({ index }) => merges[index] ?? []);
  if (refused.length === 0) return;
  await removeAliases(run, refused);
  const reason = "it has no room left to say what it was merged into, or a validator refuses that";
  await park(
    run,
    refused.map(({ loser, survivor }) => ({ chat: loser, survivor, kind: "unmergeable" as const, reason })),
  );
}

async function tombstonesOf({ ctx }: Run, merges: readonly Merge[]): Promise<readonly Merge[]> {
  const tombstones = await ctx.chats
    .find({ _id: { $in: merges.map(({ loser }) => loser) } }, { projection: { [mergedIntoField]: 1 } })
    .toArray();
  const into = idMap(tombstones.map((tombstone) => [tombstone._id, tombstone[mergedIntoField]] as const));
  return merges.filter(({ loser, survivor }) => String(into.get(loser)) === String(survivor));
}
