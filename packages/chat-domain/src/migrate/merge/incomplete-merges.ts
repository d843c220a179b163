import { archivedContents, contentsOf } from "./content-hash.ts";
import { idMap } from "./id-map.ts";
import type { Merge } from "./merge.ts";
import type { MigrationContext } from "../migration-context.ts";
import { referencesTo } from "./references-to.ts";

/** Merges whose loser holds something that no copy holds, or that something refers to: not done, or undone since. */
export async function incompleteMerges(
  ctx: MigrationContext,
  merges: readonly Merge[],
): Promise<readonly Merge[]> {
  const losers = merges.map(({ loser }) => loser);
  const isArchived = await archivedContents(ctx.records.archive, losers);
  const incomplete: (readonly [Merge["loser"], true])[] = [];
  for await (const content of contentsOf(ctx.chats, losers)) {
    if (!isArchived(content)) incomplete.push([content.id, true]);
  }
  for (const reference of ctx.model.references) {
    const left = await referencesTo(ctx, { merges, model: reference, limit: merges.length * 2 });
    incomplete.push(...left.map(({ merge }) => [merge.loser, true] as const));
  }
  const isIncomplete = idMap(incomplete);
  return merges.filter(({ loser }) => isIncomplete.has(loser));
}
