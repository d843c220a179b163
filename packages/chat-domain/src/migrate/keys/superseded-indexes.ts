import type { IndexDescriptionInfo } from "mongodb";
import { existingIndexes } from "../../store/key-index.ts";
import type { MigrationContext } from "../context/migration-context.ts";

/**
 * The listing index of an earlier version, which ran the other way: with it a find by all people that names no order
 * answers with the newest chat. One of the application's own making has another name, and is left alone.
 */
export async function supersededIndexes(ctx: MigrationContext): Promise<readonly IndexDescriptionInfo[]> {
  const { participants } = ctx.model.chats;
  if (typeof participants !== "string") return [];
  const key = JSON.stringify({ [participants]: 1, _id: -1 });
  return (await existingIndexes(ctx.chats)).filter(
    (index) => index.name === "participants_listing" && JSON.stringify(index.key) === key,
  );
}
