import { BSON, type Document, ObjectId, type OptionalUnlessRequiredId } from "mongodb";
import type { ChatContext } from "./chat-context.ts";
import { keyField, type StoredDocument } from "./chat-document.ts";
import type { ChatRequest } from "./chat-request.ts";
import { refusedWrites } from "./refused-writes.ts";

/** New chats by key, as they are stored. A request that the server refused has none. */
export async function insertChats(
  ctx: ChatContext,
  requests: readonly ChatRequest[],
): Promise<ReadonlyMap<string, StoredDocument>> {
  if (requests.length === 0) return new Map();
  const chats = requests.map(newChat);
  const refused = await refusedWrites(() =>
    ctx.chats.insertMany(chats as OptionalUnlessRequiredId<StoredDocument>[], {
      ordered: false,
      maxTimeMS: ctx.deadlineMs,
    }),
  );
  const inserted = requests.flatMap(({ key }, index) =>
    refused.has(index) ? [] : [[key, asRead(ctx, chats[index] ?? {})] as const],
  );
  return new Map(inserted);
}

/** What an upsert would make of the request, which sets paths where an insert needs sub-documents. */
function newChat({ key, setOnInsert }: ChatRequest): Document {
  const chat: Document = { _id: new ObjectId(), [keyField]: key };
  for (const [path, value] of Object.entries(setOnInsert)) setAt(chat, path.split("."), value);
  return chat;
}

/** Defines fields rather than assigning them: one may be called `__proto__`. */
function setAt(target: Document, [field = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length > 0 && Object.hasOwn(target, field)) {
    setAt(target[field] as Document, rest, value);
    return;
  }
  const nested: Document = {};
  if (rest.length > 0) setAt(nested, rest, value);
  const own = { enumerable: true, configurable: true, writable: true };
  Object.defineProperty(target, field, { ...own, value: rest.length === 0 ? value : nested });
}

/** The document with its values as the driver would read them. */
function asRead({ chats }: ChatContext, chat: Document): StoredDocument {
  return BSON.deserialize(BSON.serialize(chat, chats.bsonOptions), chats.bsonOptions) as StoredDocument;
}
