import { type Filter, ObjectId } from "mongodb";
import { type Chat, toChat } from "./chat.ts";
import type { ChatContext } from "./chat-context.ts";
import type { StoredDocument } from "./chat-document.ts";
import { ChatError } from "./chat-error.ts";
import { chatsOf } from "./chat-filters.ts";
import { withDeadline } from "./deadline.ts";
import { type NativeId, nativeForms } from "./native-id.ts";
import { participantId, participantIdOrNull, scopeId } from "./participant-id.ts";

/** The largest page. */
export const maxListLimit = 100;

export interface ListChatsInput {
  readonly participant: unknown;
  /** Only chats of this scope; the empty scope means those without one. All scopes unless given. */
  readonly scope?: unknown;
  /** `next` of the page before; the first page unless given. */
  readonly after?: string | null | undefined;
  /** Chats per page, 1 to 100; 50 unless given. */
  readonly limit?: number;
}

export interface ListChatsResult {
  readonly chats: readonly Chat[];
  /** Pass as `after` for the page that follows; `null` at the end. */
  readonly next: string | null;
}

/**
 * Chats of a participant, newest first, in pages that stay correct while chats are created. Merged duplicates are
 * not listed.
 *
 * @throws ChatError `INVALID_PARTICIPANTS`, `UNAVAILABLE`
 * @throws RangeError when `limit` is not a whole number from 1 to 100
 */
export async function listChats(ctx: ChatContext, input: ListChatsInput): Promise<ListChatsResult> {
  const limit = input.limit ?? 50;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxListLimit) {
    throw new RangeError(`limit is a whole number from 1 to ${maxListLimit}`);
  }
  const filter = pageFilter(ctx, input);
  const documents = await withDeadline(ctx, () =>
    // One more than asked for tells whether a page follows.
    ctx.chats.find(filter, { sort: { _id: -1 }, limit: limit + 1, maxTimeMS: ctx.deadlineMs }).toArray(),
  );
  const chats = documents.slice(0, limit).map((document) => toChat(ctx.model, document));
  return { chats, next: documents.length > limit ? (chats.at(-1)?.id ?? null) : null };
}

function pageFilter(ctx: ChatContext, input: ListChatsInput): Filter<StoredDocument> {
  const scope = input.scope === undefined ? null : scopeId(input.scope);
  const filter = chatsOf(ctx.model, participantId(input.participant), scope);
  if (input.after === undefined || input.after === null) return filter;
  return { $and: [filter, { _id: { $lt: cursorId(ctx, input.after) } }] };
}

/** A page begins after an id in the form in which it is stored; text that is no ObjectId can only be stored as text. */
function cursorId(ctx: ChatContext, after: string): NativeId {
  const id = participantIdOrNull(after);
  if (id === null) throw new ChatError("INVALID_PARTICIPANTS", "after is not the id of a chat");
  const objectId = nativeForms(id).find((form) => form instanceof ObjectId);
  return ctx.model.chats.idType === "objectId" ? (objectId ?? id) : id;
}
