import { groupedById, idMap } from "../../identity/stored-ids.ts";
import { aliasesField, keyField, mergedIntoField } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import type { Merge } from "../context/migration-records.ts";
import { park } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";

/** Returns the merges whose survivor lists its loser now; the others have no room, or their survivor is gone. */
export async function addAliases(run: Run, merges: readonly Merge[]): Promise<readonly Merge[]> {
  const { ctx, write } = run;
  const groups = groupedById(merges, ({ survivor }) => survivor);
  const outcome = await write.update(
    ctx.model.chats.collection,
    groups.map((group) => ({
      q: { _id: group[0]?.survivor, [keyField]: { $type: "string" }, [mergedIntoField]: null },
      u: { $addToSet: { [aliasesField]: { $each: group.map(({ loser }) => loser) } } },
    })),
  );
  const refused = new Set(outcome.refusals.map(({ index }) => index));
  const full = groups.filter((_, index) => refused.has(index)).flat();
  const reason = "its survivor has no room left to name it (16 MB)";
  await park(
    run,
    full.map(({ loser, survivor }) => ({ chat: loser, survivor, kind: "unmergeable" as const, reason })),
  );
  const accepted = groups.filter((_, index) => !refused.has(index));
  if (outcome.n === accepted.length) return accepted.flat();
  return withLiveSurvivor(ctx, accepted.flat());
}

export async function removeAliases(run: Run, merges: readonly Merge[]): Promise<void> {
  const groups = groupedById(merges, ({ survivor }) => survivor);
  await run.write.update(
    run.ctx.model.chats.collection,
    groups.map((group) => ({
      q: { _id: group[0]?.survivor },
      u: { $pullAll: { [aliasesField]: group.map(({ loser }) => loser) } },
    })),
  );
  await run.write.update(
    run.ctx.model.chats.collection,
    groups.map((group) => ({
      q: { _id: group[0]?.survivor, [aliasesField]: { $size: 0 } },
      u: { $unset: { [aliasesField]: "" } },
    })),
  );
}

/** The merges whose survivor is a live chat with a key. */
export async function withLiveSurvivor(
  ctx: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Merge[]> {
  if (merges.length === 0) return [];
  const ids = merges.map(({ survivor }) => survivor);
  const alive = { [keyField]: { $type: "string" }, [mergedIntoField]: null };
  const survivors = await ctx.chats
    .find({ $and: [{ _id: { $in: ids } }, alive] }, { projection: { _id: 1 } })
    .toArray();
  const isAlive = idMap(survivors.map(({ _id }) => [_id, true] as const));
  return merges.filter(({ survivor }) => isAlive.has(survivor));
}
