import { groupedById, idText } from "../../identity/stored-ids.ts";
import { keyField, mergedAtField, mergedIntoField } from "../../model/stored-document.ts";
import type { Merge } from "../context/migration-records.ts";
import { forget, park } from "../journal/journal.ts";
import { rememberFields } from "../journal/originals.ts";
import { claimKeys } from "../keys/claim-keys.ts";
import { chatsWithIds } from "../keys/scan-chats.ts";
import type { Run } from "../run/run.ts";
import { isMissing } from "../run/write-statements.ts";
import { completeMerges } from "./complete-merges.ts";
import { giveUpVanished, type Survey, surveyMerges } from "./survey-merges.ts";
import { addAliases, removeAliases } from "./survivors.ts";
import { tombstones } from "./tombstones.ts";
import { restoreLosers } from "./undo-merges.ts";

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
  const merged = await tombstones(
    run.ctx,
    aliased.map(({ loser }) => loser),
  );
  await completeMerges(
    run,
    aliased.filter(({ loser, survivor }) => idText(merged.get(loser)) === idText(survivor)),
  );
}

async function settleUnmergeable(run: Run, { gone, keyed, orphaned, tooLarge }: Survey): Promise<void> {
  await giveUpVanished(run, gone);
  await removeAliases(run, keyed);
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

/**
 * The commit point: tombstone and redirect in one document. The condition is an expression and the filter only the
 * `_id`, which spares the server a query plan for every loser.
 */
async function markMerged(run: Run, merges: readonly Merge[]): Promise<void> {
  const { ctx, write } = run;
  const mergedAt = ctx.now();
  const unmerged = {
    $and: [isMissing(keyField), { $eq: [{ $ifNull: [`$${mergedIntoField}`, null] }, null] }],
  };
  const outcome = await write.update(
    ctx.model.chats.collection,
    merges.map(({ loser, survivor }) => ({
      q: { _id: loser },
      u: [
        {
          $set: {
            [mergedIntoField]: { $cond: [unmerged, { $literal: survivor }, `$${mergedIntoField}`] },
            [mergedAtField]: { $cond: [unmerged, mergedAt, `$${mergedAtField}`] },
          },
        },
      ],
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
