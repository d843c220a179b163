import { ownField } from "../../model/own-names.ts";
import { groupedById, idSet } from "../../identity/stored-ids.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type Merge, losersOf } from "../context/migration-records.ts";
import { parkMerges } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { refusalReason } from "../run/write-outcome.ts";

/** Returns the merges whose survivor lists its loser now; of the others the server refuses that, or the survivor is gone. */
export async function addAliasesOrPark(run: Run, merges: readonly Merge[]): Promise<readonly Merge[]> {
  const { ctx, write } = run;
  const groups = groupedById(merges, ({ survivor }) => survivor);
  const outcome = await write.update(
    ctx.model.chats.collection,
    groups.map((group) => ({
      q: {
        _id: group[0]?.survivor,
        [run.ctx.model.chats.keyField]: { $type: "string" },
        [ownField(run.ctx.model, "mergedInto")]: null,
      },
      u: { $addToSet: { [ownField(run.ctx.model, "aliases")]: { $each: losersOf(group) } } },
    })),
  );
  const refused = new Set(outcome.refusals.map(({ index }) => index));
  await parkMerges(
    run,
    outcome.refusals.flatMap((refusal) =>
      (groups[refusal.index] ?? []).map((merge) => ({
        merge,
        reason: `its survivor cannot name it in ${ownField(ctx.model, "aliases")}: ${refusalReason(refusal)}`,
      })),
    ),
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
      u: { $pullAll: { [ownField(run.ctx.model, "aliases")]: losersOf(group) } },
    })),
  );
  await run.write.update(
    run.ctx.model.chats.collection,
    groups.map((group) => ({
      q: { _id: group[0]?.survivor, [ownField(run.ctx.model, "aliases")]: { $size: 0 } },
      u: { $unset: { [ownField(run.ctx.model, "aliases")]: "" } },
    })),
  );
}

/** The merges whose survivor is a live chat with a key. */
async function withLiveSurvivor(ctx: MigrationContext, merges: readonly Merge[]): Promise<readonly Merge[]> {
  if (merges.length === 0) return [];
  const ids = merges.map(({ survivor }) => survivor);
  const alive = {
    [ctx.model.chats.keyField]: { $type: "string" },
    [ownField(ctx.model, "mergedInto")]: null,
  };
  const survivors = await ctx.chats
    .find({ $and: [{ _id: { $in: ids } }, alive] }, { projection: { _id: 1 } })
    .toArray();
  const isAlive = idSet(survivors.map(({ _id }) => _id));
  return merges.filter(({ survivor }) => isAlive.has(survivor));
}
