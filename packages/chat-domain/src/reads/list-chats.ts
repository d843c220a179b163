import { refuseUnknown } from "../driver/known-options.ts";
import { type Condition, type Filter, Long, ObjectId, UUID } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import { isObjectId, nativeForms, type NativeId } from "../identity/native-id.ts";
import { canonicalText, participantId, participantIdOrNull } from "../identity/participant-id.ts";
import { chatsOf } from "../model/chat-filters.ts";
import { type Chat, readableChat } from "../model/chat.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";
import { withDeadline } from "../store/deadline.ts";
import { exactly } from "../store/key-index.ts";
import { scopeOf } from "../store/requested-identity.ts";
import { isBsonError, undecodable } from "../store/undecodable.ts";

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
  refuseUnknown("listChats", input, inputFields);
  const limit = input.limit ?? 50;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxListLimit) {
    throw new RangeError(`limit is a whole number from 1 to ${maxListLimit}`);
  }
  const filter = chatsOf(ctx.model, participantId(input.participant), listedScope(ctx, input.scope));
  const after = input.after === undefined || input.after === null ? null : afterCursor(input.after);
  // One more than asked for tells whether a page follows.
  const chats = await withDeadline(ctx, () => readableChats(ctx, { filter, after, limit: limit + 1 }));
  const last = chats.length > limit ? chats[limit - 1] : undefined;
  return {
    chats: chats.slice(0, limit).map(ctx.told),
    next: last === undefined ? null : cursorOf(last.document._id),
  };
}

const inputFields = {
  participant: true,
  scope: true,
  after: true,
  limit: true,
} satisfies Record<keyof ListChatsInput, true>;

/** A chat that cannot be read is left out and told of: the others are no less theirs. */
async function readableChats(ctx: ChatStore, asked: Page): Promise<readonly Chat[]> {
  const chats: Chat[] = [];
  for (let after = asked.after; ;) {
    const limit = asked.limit - chats.length;
    const { documents, last } = await decodablePage(ctx, { ...asked, after, limit });
    for (const document of documents) {
      const chat = readableChat(ctx.model, document);
      if (chat instanceof ChatError) tellLeftOut(ctx, chat);
      else chats.push(chat);
    }
    if (last === null || chats.length === asked.limit) return chats;
    after = behind(last);
  }
}

function tellLeftOut({ observer, chats }: ChatStore, { message: reason }: ChatError): void {
  observer.count("integrity");
  observer.log("error", "a chat was left out of a list", { collection: chats.namespace, reason });
}

interface DecodedPage {
  readonly documents: readonly StoredDocument[];
  /** The last `_id` of a page that is full; `null`: nothing follows. */
  readonly last: NativeId | null;
}

async function decodablePage(ctx: ChatStore, asked: Page): Promise<DecodedPage> {
  try {
    const documents = await page(ctx, asked, ctx.reading);
    return { documents, last: lastOf(documents, asked) };
  } catch (error) {
    if (!isBsonError(error)) throw error;
    const ids = await page(ctx, asked, { projection: { _id: 1 } });
    const read = await Promise.all(ids.map(({ _id }) => readOrTell(ctx, _id)));
    return { documents: read.filter((document) => document !== null), last: lastOf(ids, asked) };
  }
}

function lastOf(documents: readonly StoredDocument[], { limit }: Page): NativeId | null {
  return documents.length < limit ? null : (documents.at(-1)?._id ?? null);
}

async function readOrTell(ctx: ChatStore, _id: NativeId): Promise<StoredDocument | null> {
  try {
    return await ctx.chats.findOne({ _id }, { ...ctx.reading, maxTimeMS: ctx.deadlineMs });
  } catch (error) {
    if (!isBsonError(error)) throw error;
    tellLeftOut(ctx, undecodable(error));
    return null;
  }
}

interface Page {
  readonly filter: Filter<StoredDocument>;
  readonly after: AfterCursor | null;
  readonly limit: number;
}

async function page(
  ctx: ChatStore,
  { filter, after, limit }: Page,
  reading: ChatStore["reading"],
): Promise<readonly StoredDocument[]> {
  const newest = (some: Filter<StoredDocument>, count: number): Promise<StoredDocument[]> =>
    ctx.chats
      .find(some, {
        ...reading,
        sort: { _id: -1 },
        limit: count,
        collation: exactly,
        maxTimeMS: ctx.deadlineMs,
      })
      .toArray();
  if (after === null) return newest(filter, limit);
  const same =
    after.sameType === null ? [] : await newest({ $and: [filter, { _id: after.sameType }] }, limit);
  const missing = limit - same.length;
  if (missing === 0 || after.laterTypes.length === 0) return same;
  const rest = { $and: [filter, { $or: after.laterTypes.map((type) => ({ _id: { $type: type } })) }] };
  return [...same, ...(await newest(rest, missing))];
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
  readonly sameType: Condition<NativeId> | null;
  readonly laterTypes: readonly ("objectId" | "binData" | "string" | "int" | "long" | "double")[];
}

/** What comes after an `_id` of whatever type, which need not be one of the types that ids have. */
function behind(id: unknown): AfterCursor {
  const type = typeOf(id);
  const laterTypes = laterTypesOf[type] ?? allIdTypes;
  return { sameType: isComparable.has(type) ? { $lt: id as NativeId } : null, laterTypes };
}

const allIdTypes = ["objectId", "binData", "string", "int", "long", "double"] as const;
/** Ids of these types may be followed by more of the same; of any other type there is none that can be read. */
const isComparable: ReadonlySet<string> = new Set(["objectId", "uuid", "text", "number"]);

/** As cursors name it; an embedded document lies between text and binary data. */
function typeOf(id: unknown): string {
  if (typeof id !== "object" || id === null) return scalarTypes[typeof id] ?? "none";
  if (!("_bsontype" in id)) return id instanceof Date ? "date" : "document";
  return bsonTypeNames[String(id._bsontype)] ?? "other";
}

const scalarTypes: Readonly<Record<string, string>> = {
  string: "text",
  number: "number",
  boolean: "boolean",
};
const bsonTypeNames: Readonly<Record<string, string>> = {
  ObjectId: "objectId",
  Binary: "uuid",
  UUID: "uuid",
  MinKey: "none",
  Long: "number",
  Decimal128: "number",
  Double: "number",
  Int32: "number",
};

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
  // Not of cursors, but of what may be read before one.
  document: ["string", "int", "long", "double"],
  none: [],
};

const bsonTypes = { objectId: ObjectId, uuid: UUID, number: Long } as const;

function nativeOf(type: string, text: string): NativeId | null {
  if (type === "text") return text;
  const bsonType = Object.entries(bsonTypes).find(([name]) => name === type)?.[1];
  return nativeForms(text).find((form) => bsonType !== undefined && form instanceof bsonType) ?? null;
}
