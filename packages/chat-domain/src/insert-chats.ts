import { BSON, type Document, ObjectId, type OptionalUnlessRequiredId } from "mongodb";
import type { ChatContext } from "./chat-context.ts";
import { keyField, type StoredDocument } from "./chat-document.ts";
import type { ChatModel } from "./chat-model.ts";
import type { ChatRequest } from "./chat-request.ts";
import { newChatFields } from "./new-chat.ts";
import { refusedWrites } from "./refused-writes.ts";

/** Larger ones go alone, in bytes: together they would not fit into one message, or not into a document at all. */
const largestInBatch = 2 ** 16;

/** New chats by key, as they are stored. A request that the server refused, or that has to go alone, has none. */
export async function insertChats(
  ctx: ChatContext,
  requests: readonly ChatRequest[],
): Promise<ReadonlyMap<string, StoredDocument>> {
  const chats = requests.flatMap((request) => newChat(ctx, request) ?? []);
  if (chats.length === 0) return new Map();
  const refused = await refusedWrites(() =>
    ctx.chats.insertMany(
      chats.map(({ document }) => document) as OptionalUnlessRequiredId<StoredDocument>[],
      {
        ordered: false,
        maxTimeMS: ctx.deadlineMs,
      },
    ),
  );
  const inserted = chats.filter((_, index) => !refused.has(index));
  return new Map(inserted.map(({ key, stored }) => [key, stored]));
}

interface NewChat {
  readonly key: string;
  readonly document: Document;
  /** With its values as the driver would read them. */
  readonly stored: StoredDocument;
}

/** `null` for one that would fail the whole batch before it is sent. */
function newChat({ chats, model }: ChatContext, request: ChatRequest): NewChat | null {
  const document = documentOf(model, request);
  try {
    const bytes = BSON.serialize(document, chats.bsonOptions);
    if (bytes.length > largestInBatch) return null;
    const stored = BSON.deserialize(bytes, chats.bsonOptions) as StoredDocument;
    return { key: request.key, document, stored };
  } catch {
    return null;
  }
}

/** What an upsert would make of the request, which sets paths where an insert needs sub-documents. */
function documentOf(model: ChatModel, request: ChatRequest): Document {
  const chat: Document = { _id: new ObjectId(), [keyField]: request.key };
  for (const [path, value] of Object.entries(newChatFields(model, request)))
    setAt(chat, path.split("."), value);
  return chat;
}

function setAt(target: Document, [field = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length > 0 && Object.hasOwn(target, field)) {
    setAt(target[field] as Document, rest, value);
    return;
  }
  const nested: Document = {};
  if (rest.length > 0) setAt(nested, rest, value);
  define(target, field, rest.length === 0 ? value : nested);
}

/** Only of a field of this name an assignment would make something else. */
function define(target: Document, field: string, value: unknown): void {
  if (field !== "__proto__") target[field] = value;
  else Object.defineProperty(target, field, { value, enumerable: true, configurable: true, writable: true });
}
