import { ChatError } from "../errors/chat-error.ts";
import { nativeForms } from "../identity/native-id.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import { type Chat, toChat } from "../model/chat.ts";
import { mergedIntoField, type StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { withDeadline } from "../store/deadline.ts";

/**
 * The chat with this id, in text or BSON form. The id of a merged duplicate leads to the survivor, for ever.
 *
 * @throws ChatError `CHAT_NOT_FOUND`, `UNAVAILABLE`
 */
export async function getChat(ctx: ChatStore, id: unknown): Promise<Chat> {
  return withDeadline(ctx, async () => toChat(ctx.model, await followChatId(ctx, id)));
}

/** A merge never makes a chain, so one hop is the rule; the bound only ends a loop in damaged data. */
const maxHops = 4;

/**
 * The live chat behind an id of any age: itself, the survivor it was merged into, or the target of its redirect.
 *
 * @throws ChatError `CHAT_NOT_FOUND`
 */
async function followChatId(ctx: ChatStore, id: unknown): Promise<StoredDocument> {
  let next = participantIdOrNull(id);
  let tombstone: string | null = null;
  for (let hop = 0; hop < maxHops && next !== null; hop += 1) {
    const stored = await readById(ctx, next);
    if (stored !== null && !isTombstone(stored)) return stored;
    if (stored !== null) tombstone = next;
    next = participantIdOrNull(stored?.[mergedIntoField]) ?? (await redirectOf(ctx, next, tombstone));
  }
  throw new ChatError("CHAT_NOT_FOUND", "there is no chat with this id");
}

function isTombstone(stored: StoredDocument): boolean {
  return (stored[mergedIntoField] ?? null) !== null;
}

function readById(ctx: ChatStore, id: string): Promise<StoredDocument | null> {
  return ctx.chats.findOne({ _id: { $in: [...nativeForms(id)] } }, { maxTimeMS: ctx.deadlineMs });
}

/** Of the id itself, or of the tombstone that named it: a redirect outlives both. */
async function redirectOf(ctx: ChatStore, id: string, tombstone: string | null): Promise<string | null> {
  const forms = [id, ...(tombstone === null ? [] : [tombstone])].flatMap((old) => [...nativeForms(old)]);
  const redirects = await ctx.redirects
    .find({ _id: { $in: forms } }, { maxTimeMS: ctx.deadlineMs })
    .toArray();
  const targets = redirects.map((redirect) => participantIdOrNull(redirect["to"]));
  return targets.find((target) => target !== id && target !== tombstone) ?? null;
}
