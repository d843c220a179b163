import type { Filter } from "mongodb";
import { keyField, type StoredDocument } from "../../chat-document.ts";
import { uniqueChats } from "../../chat-filters.ts";
import type { NativeId } from "../../native-id.ts";
import { keyVersion } from "../../participants-key.ts";
import { idMap } from "../merge/id-map.ts";
import type { MigrationContext } from "../migration-context.ts";

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
  const filter = { $and: [uniqueChats(ctx.model), withoutKey, { _id: { $in: ids } }] };
  const still = await ctx.chats.find(filter, { projection: { _id: 1 } }).toArray();
  const isUnsolved = idMap(still.map(({ _id }) => [_id, true] as const));
  return ids.filter((id) => !isUnsolved.has(id));
}
