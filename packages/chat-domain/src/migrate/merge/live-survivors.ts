import { keyField, mergedIntoField } from "../../chat-document.ts";
import type { MigrationContext } from "../migration-context.ts";
import { idMap } from "./id-map.ts";
import type { Merge } from "./merge.ts";

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
