import type { Filter } from "mongodb";
import { type Chat, toChat } from "./chat.ts";
import type { ChatContext } from "./chat-context.ts";
import type { StoredDocument } from "./chat-document.ts";
import { chatsOf } from "./chat-filters.ts";
import { scopeOf } from "./chat-request.ts";
import { withDeadline } from "./deadline.ts";
import { type AfterCursor, afterCursor, cursorOf } from "./list-cursor.ts";
import { participantId } from "./participant-id.ts";

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
  const filter = chatsOf(ctx.model, participantId(input.participant), listedScope(ctx, input.scope));
  const after = input.after === undefined || input.after === null ? null : afterCursor(input.after);
  // One more than asked for tells whether a page follows.
  const documents = await withDeadline(ctx, () => page(ctx, { filter, after, limit: limit + 1 }));
  const chats = documents.slice(0, limit);
  const last = documents.length > limit ? chats.at(-1) : undefined;
  return {
    chats: chats.map((document) => toChat(ctx.model, document)),
    next: last === undefined ? null : cursorOf(last._id),
  };
}

interface Page {
  readonly filter: Filter<StoredDocument>;
  readonly after: AfterCursor | null;
  readonly limit: number;
}

async function page(ctx: ChatContext, { filter, after, limit }: Page): Promise<readonly StoredDocument[]> {
  if (after === null) return newest(ctx, filter, limit);
  const same = await newest(ctx, { $and: [filter, { _id: after.sameType }] }, limit);
  const missing = limit - same.length;
  if (missing === 0 || after.laterTypes.length === 0) return same;
  const rest = { $and: [filter, { $or: after.laterTypes.map((type) => ({ _id: { $type: type } })) }] };
  return [...same, ...(await newest(ctx, rest, missing))];
}

function newest(ctx: ChatContext, filter: Filter<StoredDocument>, limit: number): Promise<StoredDocument[]> {
  return ctx.chats.find(filter, { sort: { _id: -1 }, limit, maxTimeMS: ctx.deadlineMs }).toArray();
}

function listedScope(ctx: ChatContext, scope: unknown): string | null {
  return scope === undefined ? null : scopeOf(ctx.model, scope);
}
