import type { Filter } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { idSet } from "../../identity/stored-ids.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import { type StoredDocument } from "../../model/stored-document.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { keyFaultOf } from "./chat-validity.ts";
import { nextChats } from "./scan-chats.ts";

/** Chats without a key; what is no key of onechat's stays where it is. */
export function withoutKey({ chats }: ChatModel): Filter<StoredDocument> {
  return { [chats.keyField]: { $exists: false } };
}

/** How many parked chats are looked at: with more than that, the first ones tell enough. */
const mostLookedAt = 10_000;

/** Parked chats that have a key now, are gone, or are none of the migration's business any more. */
export async function resolvedParked(ctx: MigrationContext): Promise<readonly NativeId[]> {
  const parked = await ctx.records.journal
    .find({ state: "parked", survivor: null }, { projection: { _id: 1 }, limit: mostLookedAt })
    .toArray();
  if (parked.length === 0) return [];
  const ids = parked.map(({ _id }) => _id);
  const filter = { _id: { $in: ids } };
  const selected = await nextChats(ctx, {
    filter: { $and: [uniqueChats(ctx.model), filter] },
    after: null,
    limit: ids.length,
  });
  const isSelected = idSet(selected.map(({ _id }) => _id));
  const present = await nextChats(ctx, { filter, after: null, limit: ids.length });
  const still = present.filter((chat) =>
    isSelected.has(chat._id)
      ? keyFaultOf(ctx.model, chat) !== null
      : chat[ctx.model.chats.keyField] !== undefined,
  );
  const isUnsolved = idSet(still.map(({ _id }) => _id));
  return ids.filter((id) => !isUnsolved.has(id));
}
