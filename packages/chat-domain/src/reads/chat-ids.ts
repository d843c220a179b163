import { nativeForms } from "../identity/native-id.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import { identityProjection, isChatOf } from "../model/chat-document.ts";
import type { Chat } from "../model/chat.ts";
import { ownField } from "../model/own-names.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { withDeadline } from "../store/deadline.ts";

/**
 * Every id under which messages of this chat may be stored: its own, and those of its aliases whose tombstone names it
 * and is of the same people. What was merged and then changed hands is left out: its messages are not these people's.
 * An alias whose tombstone was purged counts if its redirect leads here.
 *
 * Read messages with `{ chatId: { $in: await chatIds(ctx, chat) } }` in the form your collection stores, and none is
 * missed while a merge is running.
 *
 * @throws ChatError `UNAVAILABLE`
 * @example
 * ```ts
 * import { type ChatContext, chatIds, getChat } from "@onechat/chat-domain";
 *
 * export async function countMessages(chats: ChatContext, chatId: string): Promise<number> {
 *   const ids = await chatIds(chats, await getChat(chats, chatId));
 *   return chats.db.collection("messages").countDocuments({ chatId: { $in: ids } });
 * }
 * ```
 */
export async function chatIds(
  ctx: ChatStore,
  chat: Pick<Chat, "id" | "aliases" | "participants" | "scope">,
): Promise<readonly string[]> {
  if (chat.aliases.length === 0) return [chat.id];
  const forms = chat.aliases.flatMap((alias) => [...nativeForms(alias)]);
  return withDeadline(ctx, async () => {
    const found = await ctx.chats
      .find({ _id: { $in: forms } }, { projection: identityProjection(ctx.model), maxTimeMS: ctx.deadlineMs })
      .toArray();
    const tombstones = new Map(found.map((stored) => [participantIdOrNull(stored._id), stored]));
    const purged = chat.aliases.filter((alias) => !tombstones.has(alias));
    const redirected = await redirectedTo(ctx, chat.id, purged);
    const ours = chat.aliases.filter((alias) => {
      const tombstone = tombstones.get(alias);
      return tombstone === undefined ? redirected.has(alias) : isTombstoneOf(ctx, chat, tombstone);
    });
    return [chat.id, ...ours];
  });
}

function isTombstoneOf(
  { model }: ChatStore,
  chat: Pick<Chat, "id" | "participants" | "scope">,
  tombstone: StoredDocument,
): boolean {
  const { id, participants: ids, scope } = chat;
  const survivor = participantIdOrNull(tombstone[ownField(model, "mergedInto")]);
  return survivor === id && isChatOf(model, tombstone, { ids, scope });
}

async function redirectedTo(
  ctx: ChatStore,
  id: string,
  aliases: readonly string[],
): Promise<ReadonlySet<string | null>> {
  if (aliases.length === 0) return new Set();
  const forms = aliases.flatMap((alias) => [...nativeForms(alias)]);
  const redirects = await ctx.redirects
    .find({ _id: { $in: forms } }, { maxTimeMS: ctx.deadlineMs })
    .toArray();
  return new Set(
    redirects
      .filter((redirect) => participantIdOrNull(redirect["to"]) === id)
      .map(({ _id }) => participantIdOrNull(_id)),
  );
}
