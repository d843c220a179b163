import { ownField } from "../../model/own-names.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { idMap, idText } from "../../identity/stored-ids.ts";
import { type StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { type Merge, losersOf } from "../context/migration-records.ts";
import { contentsOf, newestContents } from "./archive/content-hash.ts";
import { outdatedMarks, unfoldedCopies } from "./fold/unfolded-copies.ts";
import { standingOf } from "./merge-standing.ts";
import { referencesTo } from "./references/references-to.ts";

/**
 * Merges that are not done, or have been undone since: the loser is not what its newest copy says, that has not been
 * folded, or the survivor holds an older one, something refers to it, or it has no redirect or is no alias any more.
 */
export async function incompleteMerges(
  ctx: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Merge[]> {
  const losers = losersOf(merges);
  const isArchived = await newestContents(ctx.records.archive, losers);
  const incomplete: (readonly [Merge["loser"], true])[] = [];
  for await (const content of contentsOf(ctx.chats, losers)) {
    if (!isArchived(content)) incomplete.push([content.id, true]);
  }
  if (Object.keys(ctx.model.fold).length > 0) {
    const open = [
      ...(await unfoldedCopies(ctx.records.archive, losers)),
      ...(await outdatedMarks(ctx, merges)),
    ];
    incomplete.push(...open.map((loser) => [loser, true] as const));
  }
  for (const reference of ctx.model.references) {
    const left = await referencesTo(ctx, { merges, model: reference, limit: merges.length * 2 });
    incomplete.push(...left.map(({ merge }) => [merge.loser, true] as const));
  }
  incomplete.push(...(await unlisted(ctx, merges)).map((loser) => [loser, true] as const));
  const isIncomplete = idMap(incomplete);
  return merges.filter(({ loser }) => isIncomplete.has(loser));
}

/** Merged duplicates to which something has come since that belongs to their survivors. */
export async function stragglers(ctx: MigrationContext, merges: readonly Merge[]): Promise<readonly Merge[]> {
  const { holding } = await standingOf(ctx, await incompleteMerges(ctx, merges), { isSelected: false });
  return holding;
}

/** Losers that cannot be found from where they should be: their tombstone, their redirect, or the survivor's aliases. */
async function unlisted(ctx: MigrationContext, merges: readonly Merge[]): Promise<readonly NativeId[]> {
  if (merges.length === 0) return [];
  const losers = losersOf(merges);
  const redirects = await ctx.redirects.find({ _id: { $in: losers } }, { projection: { to: 1 } }).toArray();
  const redirectOf = idMap(redirects.map((redirect) => [redirect._id, idText(redirect["to"])] as const));
  const chats = await ctx.chats
    .find(
      { _id: { $in: [...losers, ...merges.map(({ survivor }) => survivor)] } },
      { projection: { [ownField(ctx.model, "aliases")]: 1, [ownField(ctx.model, "mergedInto")]: 1 } },
    )
    .toArray();
  const chatOf = idMap(chats.map((chat) => [chat._id, chat] as const));
  return merges
    .filter(({ loser, survivor }) => {
      const [tombstone, survivorChat] = [chatOf.get(loser), chatOf.get(survivor)];
      return (
        redirectOf.get(loser) !== idText(survivor) ||
        (tombstone !== undefined &&
          idText(tombstone[ownField(ctx.model, "mergedInto")]) !== idText(survivor)) ||
        (survivorChat !== undefined && !aliasTexts(ctx, survivorChat).has(idText(loser)))
      );
    })
    .map(({ loser }) => loser);
}

function aliasTexts({ model }: MigrationContext, chat: StoredDocument): ReadonlySet<string> {
  const aliases = chat[ownField(model, "aliases")];
  return new Set(Array.isArray(aliases) ? aliases.map(idText) : []);
}
