import { type Condition, type Filter, Long, ObjectId, UUID } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import { isObjectId, nativeForms, type NativeId } from "../identity/native-id.ts";
import { canonicalText, participantId, participantIdOrNull } from "../identity/participant-id.ts";
import { chatsOf } from "../model/chat-filters.ts";
import { type Chat, toChat } from "../model/chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { withDeadline } from "../store/deadline.ts";
import { scopeOf } from "../store/requested-identity.ts";

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
 * @example
 * ```ts
 * import { type ChatContext, listChats } from "@onechat/chat-domain";
 *
 * export async function allIds(chats: ChatContext, participant: string): Promise<readonly string[]> {
 *   const ids: string[] = [];
 *   for (let after: string | null | undefined; after !== null;) {
 *     const page = await listChats(chats, { participant, after, limit: 100 });
 *     ids.push(...page.chats.map(({ id }) => id));
 *     after = page.next;
 *   }
 *   return ids;
 * }
 * ```
 */
export async function listChats(ctx: ChatStore, input: ListChatsInput): Promise<ListChatsResult> {
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

async function page(ctx: ChatStore, { filter, after, limit }: Page): Promise<readonly StoredDocument[]> {
  if (after === null) return newest(ctx, filter, limit);
  const same = await newest(ctx, { $and: [filter, { _id: after.sameType }] }, limit);
  const missing = limit - same.length;
  if (missing === 0 || after.laterTypes.length === 0) return same;
  const rest = { $and: [filter, { $or: after.laterTypes.map((type) => ({ _id: { $type: type } })) }] };
  return [...same, ...(await newest(ctx, rest, missing))];
}

function newest(ctx: ChatStore, filter: Filter<StoredDocument>, limit: number): Promise<StoredDocument[]> {
  return ctx.chats.find(filter, { sort: { _id: -1 }, limit, maxTimeMS: ctx.deadlineMs }).toArray();
}

function listedScope(ctx: ChatStore, scope: unknown): string | null {
  return scope === undefined ? null : scopeOf(ctx.model, scope);
}

/** Where a page of a list ended, as text: an id with its type, because lists may hold ids of several types. */
function cursorOf(id: NativeId): string {
  const text = participantIdOrNull(id) ?? "";
  if (isObjectId(id)) return text;
  if (typeof id === "string") return `text:${text}`;
  return canonicalText.uuid.test(text) ? `uuid:${text}` : `number:${text}`;
}

/** Ids that come after a cursor when newest come first: those of its own type, then all of `laterTypes`. */
export interface AfterCursor {
  readonly sameType: Condition<NativeId>;
  readonly laterTypes: readonly ("binData" | "string" | "int" | "long" | "double")[];
}

/**
 * Comparisons only see values of their own type, while sorting goes through all types: descending, ObjectIds come
 * before UUIDs, text and numbers.
 *
 * @throws ChatError `INVALID_PARTICIPANTS` when this was never a cursor
 */
function afterCursor(cursor: string): AfterCursor {
  const [, type = "objectId", text = ""] = /^(?:(text|uuid|number):)?(.*)$/s.exec(cursor) ?? [];
  const before = laterTypesOf[type];
  const id = before === undefined ? null : nativeOf(type, text);
  if (before === undefined || id === null) {
    throw new ChatError("INVALID_PARTICIPANTS", "after is not the `next` of a page");
  }
  return { sameType: { $lt: id }, laterTypes: before };
}

const laterTypesOf: Readonly<Record<string, AfterCursor["laterTypes"]>> = {
  objectId: ["binData", "string", "int", "long", "double"],
  uuid: ["string", "int", "long", "double"],
  text: ["int", "long", "double"],
  number: [],
};

const bsonTypes = { objectId: ObjectId, uuid: UUID, number: Long } as const;

function nativeOf(type: string, text: string): NativeId | null {
  if (type === "text") return text;
  const bsonType = Object.entries(bsonTypes).find(([name]) => name === type)?.[1];
  return nativeForms(text).find((form) => bsonType !== undefined && form instanceof bsonType) ?? null;
}
