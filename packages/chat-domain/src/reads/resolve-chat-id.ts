import { refuseUnknown } from "../driver/known-options.ts";
import { ChatError } from "../errors/chat-error.ts";
import { nativeForms, type NativeId } from "../identity/native-id.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import { isLive, ownField } from "../model/own-names.ts";
import { rootOf, type StoredDocument, valueAt } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { withDeadline } from "../store/deadline.ts";
import { followChatId } from "../store/follow-chat-id.ts";
import { getChat } from "./get-chat.ts";

export interface ResolveChatIdOptions {
  /** The chat's field that `id` is a value of, which has to be the `toField` of a reference; `_id` unless given. */
  readonly field?: string;
}

/**
 * The id under which a chat lives today: the same one, or that of the survivor it was merged into. With `field` both are
 * values of that field: a link that holds the `roomId` of a duplicate leads to the `roomId` of its survivor.
 *
 * @throws ChatError `CHAT_NOT_FOUND`, `UNAVAILABLE`
 * @throws RangeError when no reference of the model names `field`
 * @example
 * ```ts
 * import { type ChatContext, resolveChatId } from "@onechat/chat-domain";
 *
 * export async function postMessage(chats: ChatContext, idOfAnyAge: string, text: string): Promise<void> {
 *   const chatId = await resolveChatId(chats, idOfAnyAge);
 *   await chats.db.collection("messages").insertOne({ chatId, text });
 * }
 * ```
 */
export async function resolveChatId(
  ctx: ChatStore,
  id: unknown,
  options: ResolveChatIdOptions = {},
): Promise<string> {
  refuseUnknown("resolveChatId", options, optionNames);
  const { field = "_id" } = options;
  if (field === "_id") return (await getChat(ctx, id)).id;
  if (!ctx.model.references.some(({ toField }) => toField === field))
    throw new RangeError(`${field} is the toField of no reference of the model`);
  return withDeadline(ctx, () => resolveValue(ctx, field, participantIdOrNull(id)));
}

const optionNames = { field: true } satisfies Record<keyof ResolveChatIdOptions, true>;

async function resolveValue(ctx: ChatStore, field: string, text: string | null): Promise<string> {
  const chat = text === null ? null : await chatWithValue(ctx, field, text);
  const value = chat === null ? null : participantIdOrNull(valueAt(chat, field));
  if (value !== null) return value;
  throw new ChatError("CHAT_NOT_FOUND", `there is no chat with this ${field}`);
}

/** A live chat that has it, or the survivor of a duplicate that has or had it. */
async function chatWithValue(ctx: ChatStore, field: string, text: string): Promise<StoredDocument | null> {
  const forms = nativeForms(text);
  const projection = { [rootOf(field)]: 1, [ownField(ctx.model, "mergedInto")]: 1 };
  const found = await ctx.chats
    .find({ [field]: { $in: [...forms] } }, { projection, maxTimeMS: ctx.deadlineMs })
    .toArray();
  // By the application's index, which may have a collation.
  const chats = found.filter((chat) => participantIdOrNull(valueAt(chat, field)) === text);
  const live = chats.find((chat) => isLive(ctx.model, chat));
  if (live !== undefined) return live;
  const old = chats[0]?._id ?? (await redirectWithValue(ctx, field, forms));
  return old === null ? null : followChatId(ctx, old);
}

async function redirectWithValue(
  ctx: ChatStore,
  field: string,
  forms: readonly NativeId[],
): Promise<NativeId | null> {
  const redirect = await ctx.redirects.findOne(
    { values: { $elemMatch: { field, from: { $in: [...forms] } } } },
    { projection: { _id: 1 }, maxTimeMS: ctx.deadlineMs },
  );
  return redirect?._id ?? null;
}
