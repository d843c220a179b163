import { type IdMap, idMap, type IdSet, idSet } from "../../identity/stored-ids.ts";
import type { NativeId } from "../../identity/native-id.ts";
import type { ChatIdentity } from "../../identity/participants-key.ts";
import { identityProjection, storedIdentity } from "../../model/chat-document.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { isLive, isReleased, ownField } from "../../model/own-names.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import type { MigrationContext } from "../context/migration-context.ts";

/** A chat as it stands: who it is of, and whether `where` selects it. */
export interface ChatState {
  /** What tells who it is of, its aliases, and how many bytes it has. */
  readonly chat: StoredDocument;
  readonly selected: boolean;
}

/** Looks at these chats; the server judges `where`. Those that are gone are not there. */
export async function readChatStates(
  ctx: MigrationContext,
  ids: readonly NativeId[],
): Promise<IdMap<ChatState>> {
  const shown = {
    ...identityProjection(ctx.model),
    [ownField(ctx.model, "aliases")]: 1,
    ...bytesShown,
  };
  const chats = await ctx.chats
    .aggregate<StoredDocument>([{ $match: { _id: { $in: [...ids] } } }, { $project: shown }])
    .toArray();
  const unselected = await unselectedAmong(ctx, ids);
  return idMap(chats.map((chat) => [chat._id, { chat, selected: !unselected.has(chat._id) }] as const));
}

const sizeField = "onechat bytes";

/** A projection that tells a chat's size. */
export const bytesShown = { [sizeField]: { $bsonSize: "$$ROOT" } } as const;

/** Of a chat that was read with `bytesShown`. */
export function bytesIn(chat: StoredDocument): number {
  return Number(chat[sizeField]);
}

/** Nothing can be outside of an empty `where`, so that nobody is asked. */
async function unselectedAmong(ctx: MigrationContext, ids: readonly NativeId[]): Promise<IdSet> {
  const { where } = ctx.model.chats;
  if (Object.keys(where).length === 0) return idSet([]);
  const others = await ctx.chats
    .find({ $and: [{ _id: { $in: [...ids] } }, { $nor: [where] }] }, { projection: { _id: 1 } })
    .toArray();
  return idSet(others.map(({ _id }) => _id));
}

/** Who a chat is of that may have duplicates merged into it, or `null`: it has to hold the key of its present people. */
export function survivorIdentity(model: ChatModel, state: ChatState | undefined): ChatIdentity | null {
  if (state === undefined || !state.selected) return null;
  const { chat } = state;
  if (!isLive(model, chat) || isReleased(model, chat)) return null;
  const identity = storedIdentity(model, chat);
  return identity !== null && chat[model.chats.keyField] === identity.key ? identity : null;
}

export function hasAliases(model: ChatModel, { chat }: ChatState): boolean {
  const aliases = chat[ownField(model, "aliases")];
  return Array.isArray(aliases) && aliases.length > 0;
}
