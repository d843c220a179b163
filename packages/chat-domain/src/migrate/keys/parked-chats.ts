import type { Filter } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { keyVersion } from "../../identity/participants-key.ts";
import { idMap } from "../../identity/stored-ids.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import { keyField, type StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { hasItsKey } from "./chat-validity.ts";
import { nextChats } from "./scan-chats.ts";

/** Also matches chats whose key is missing, `null` or no text. */
export const withoutKey: Filter<StoredDocument> = { [keyField]: { $not: keyVersion } };

/** How many parked chats are looked at: with more than that, the first ones tell enough. */
const mostLookedAt = 10_000;

/** Parked chats that have a key now, are gone, or are none of the migration's business any more. */
export async function solvedParkings(ctx: MigrationContext): Promise<readonly NativeId[]> {
  const parked = await ctx.records.journal
    .find({ state: "parked", survivor: null }, { projection: { _id: 1 }, limit: mostLookedAt })
    .toArray();
  if (parked.length === 0) return [];
  const ids = parked.map(({ _id }) => _id);
  const filter = { $and: [uniqueChats(ctx.model), { _id: { $in: ids } }] };
  const present = await nextChats(ctx, { filter, after: null, limit: ids.length });
  const still = present.filter((chat) => !hasItsKey(ctx.model, chat));
  const isUnsolved = idMap(still.map(({ _id }) => [_id, true] as const));
  return ids.filter((id) => !isUnsolved.has(id));
}
