import { mergedIntoField } from "../../chat-document.ts";
import type { NativeId } from "../../native-id.ts";
import type { MigrationContext } from "../migration-context.ts";
import { type IdMap, idMap } from "./id-map.ts";

/** What these chats say that they have been merged into, by their ids: of those that say anything, be it `null`. */
export async function tombstones(
  ctx: MigrationContext,
  chats: readonly NativeId[],
): Promise<IdMap<NativeId | null>> {
  const found = await ctx.chats
    .find(
      { _id: { $in: [...chats] }, [mergedIntoField]: { $exists: true } },
      { projection: { [mergedIntoField]: 1 } },
    )
    .toArray();
  return idMap(found.map((chat) => [chat._id, chat[mergedIntoField] as NativeId | null] as const));
}
