import type { ChatContext } from "./chat-context.ts";
import { mergedIntoField, type StoredDocument } from "./chat-document.ts";
import { ChatError } from "./chat-error.ts";
import { nativeForms } from "./native-id.ts";
import { participantIdOrNull } from "./participant-id.ts";

/** A merge never makes a chain, so one hop is the rule; the bound only ends a loop in damaged data. */
const maxHops = 4;

/**
 * The live chat behind an id of any age: itself, the survivor it was merged into, or the target of its redirect.
 *
 * @throws ChatError `CHAT_NOT_FOUND`
 */
export async function followChatId(ctx: ChatContext, id: unknown): Promise<StoredDocument> {
  let next = participantIdOrNull(id);
  for (let hop = 0; hop < maxHops && next !== null; hop += 1) {
    const stored = await readById(ctx, next);
    if (stored !== null && !isTombstone(stored)) return stored;
    next = stored === null ? await redirectOf(ctx, next) : participantIdOrNull(stored[mergedIntoField]);
  }
  throw new ChatError("CHAT_NOT_FOUND", "there is no chat with this id");
}

function isTombstone(stored: StoredDocument): boolean {
  return (stored[mergedIntoField] ?? null) !== null;
}

function readById(ctx: ChatContext, id: string): Promise<StoredDocument | null> {
  return ctx.chats.findOne({ _id: { $in: [...nativeForms(id)] } }, { maxTimeMS: ctx.deadlineMs });
}

async function redirectOf(ctx: ChatContext, id: string): Promise<string | null> {
  const redirect = await ctx.redirects.findOne(
    { _id: { $in: [...nativeForms(id)] } },
    { maxTimeMS: ctx.deadlineMs },
  );
  return participantIdOrNull(redirect?.["to"]);
}
