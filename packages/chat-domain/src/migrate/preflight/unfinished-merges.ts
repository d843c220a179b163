import { lastRun } from "../context/migration-history.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { ownField } from "../../model/own-names.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { mergingDigest, modelDigest } from "../context/model-digest.ts";
import { journalBatches } from "../journal/journal.ts";

const batch = (): number => 1_000;

/** What has been folded and moved is only known to those folds and references that it was begun with. */
export async function otherwiseBegunMerges(ctx: MigrationContext): Promise<readonly string[]> {
  const last = await lastRun(ctx, { command: "up" });
  if (last === null) return [];
  // An earlier version has recorded nothing but the whole model.
  const isSame =
    last.merging === undefined
      ? last.model === modelDigest(ctx.model)
      : last.merging === mergingDigest(ctx.model);
  if (isSame || !(await hasUnfinished(ctx))) return [];
  return [
    "a merge is unfinished that was begun with other folds or references: finish it with the configuration that it was " +
      "begun with (migrator up), or take it back (migrator rollback --to backfill), before you change them",
  ];
}

async function hasUnfinished(ctx: MigrationContext): Promise<boolean> {
  for await (const entries of journalBatches(ctx, ["planned"], batch)) {
    const ids: readonly NativeId[] = entries.map(({ _id }) => _id);
    const tombstone = { _id: { $in: [...ids] }, [ownField(ctx.model, "mergedInto")]: { $ne: null } };
    if ((await ctx.chats.findOne(tombstone, { projection: { _id: 1 } })) !== null) return true;
  }
  return false;
}
