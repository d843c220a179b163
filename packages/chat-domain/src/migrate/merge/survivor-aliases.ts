import type { Document, Filter } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import type { SeenValues } from "../../model/as-seen.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { ownField } from "../../model/own-names.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import { groupedById, type IdMap, idMap, type IdSet, idSet } from "../../identity/stored-ids.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type Merge, losersOf } from "../context/migration-records.ts";
import { parkMerges } from "../journal/journal.ts";
import type { Run } from "../run/run.ts";
import { assertWritten, refusalReason } from "../run/write-outcome.ts";

/**
 * Returns the merges whose survivor lists its loser now; of the others the server refuses that, or the survivor is gone.
 * What is listed is not written again, which would cost the server as much as the first time.
 */
export async function addAliasesOrPark(run: Run, merges: readonly Merge[]): Promise<readonly Merge[]> {
  const { ctx, write } = run;
  const aliases = ownField(ctx.model, "aliases");
  const listed = await aliasesOf(ctx, merges);
  const isListed = ({ loser, survivor }: Merge): boolean => listed.get(survivor)?.has(loser) === true;
  const groups = groupedById(
    merges.filter((merge) => !isListed(merge)),
    ({ survivor }) => survivor,
  );
  const outcome = await write.update(
    ctx.model.chats.collection,
    groups.map((group) => ({
      _id: group[0]?.survivor,
      seen: seenAlive(ctx.model),
      set: {},
      become: { [aliases]: withAliases(`$${aliases}`, losersOf(group)) },
    })),
  );
  const names = `${aliases} of ${ctx.model.chats.collection}`;
  const refused = new Set(outcome.refusals.map(({ index }) => index));
  await parkMerges(
    run,
    outcome.refusals.flatMap((refusal) =>
      (groups[refusal.index] ?? []).map((merge) => ({
        merge,
        reason: `its survivor cannot name it in ${names}: ${refusalReason(refusal)}`,
      })),
    ),
  );
  const accepted = groups.filter((_, index) => !refused.has(index));
  const added = accepted.flat();
  if (outcome.changed === accepted.length) return [...merges.filter(isListed), ...added];
  const now = await aliasesOf(ctx, added);
  return [
    ...merges.filter(isListed),
    ...added.filter(({ loser, survivor }) => now.get(survivor)?.has(loser) === true),
  ];
}

/** Behind those that are there, each once. */
function withAliases(aliases: string, losers: readonly NativeId[]): Document {
  const there = { $ifNull: [aliases, []] };
  return { $concatArrays: [there, { $setDifference: [{ $literal: losers }, there] }] };
}

/** A chat that duplicates are merged into, as long as it is one. */
export function seenAlive(model: ChatModel): SeenValues {
  return [
    [{ $type: `$${model.chats.keyField}` }, "string"],
    [`$${ownField(model, "mergedInto")}`, null],
  ];
}

export async function removeAliases(run: Run, merges: readonly Merge[]): Promise<void> {
  const { collection } = run.ctx.model.chats;
  const groups = groupedById(merges, ({ survivor }) => survivor);
  const pulled = await run.write.update(
    collection,
    groups.map((group) => ({
      q: { _id: group[0]?.survivor },
      u: { $pullAll: { [ownField(run.ctx.model, "aliases")]: losersOf(group) } },
    })),
  );
  assertWritten(collection, pulled);
  const unset = await run.write.update(
    collection,
    groups.map((group) => ({
      q: { _id: group[0]?.survivor, [ownField(run.ctx.model, "aliases")]: { $size: 0 } },
      u: { $unset: { [ownField(run.ctx.model, "aliases")]: "" } },
    })),
  );
  assertWritten(collection, unset);
}

/** Of survivors that are live chats with a key. */
async function aliasesOf(ctx: MigrationContext, merges: readonly Merge[]): Promise<IdMap<IdSet>> {
  if (merges.length === 0) return idMap([]);
  const aliases = ownField(ctx.model, "aliases");
  const survivors = await ctx.chats
    .find(
      { _id: { $in: merges.map(({ survivor }) => survivor) }, ...alive(ctx) },
      { projection: { [aliases]: 1 } },
    )
    .toArray();
  return idMap(
    survivors.map((chat) => {
      const ids: unknown = chat[aliases];
      return [chat._id, idSet(Array.isArray(ids) ? (ids as readonly NativeId[]) : [])] as const;
    }),
  );
}

function alive({ model }: MigrationContext): Filter<StoredDocument> {
  return { [model.chats.keyField]: { $type: "string" }, [ownField(model, "mergedInto")]: null };
}
