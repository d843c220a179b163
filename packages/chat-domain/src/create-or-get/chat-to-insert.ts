import { BSON, type Document, ObjectId } from "mongodb";
import { type ChatRequest, documentOf } from "../model/new-chat.ts";
import { participantsPath } from "../model/participants-place.ts";
import type { StoredDocument } from "../model/stored-document.ts";
import type { ChatStore } from "../store/chat-store.ts";

/** Larger ones go alone, in bytes: together they would not fit into one message, or not into a document at all. */
const largestInBatch = 2 ** 16;

/** A new chat of a batch. */
export interface ChatToInsert {
  readonly key: string;
  readonly document: Document;
  /** With its values as the driver would read them. */
  readonly stored: StoredDocument;
}

/** `null` for one that would fail the whole batch before it is sent. */
export function chatToInsert({ chats, model, newId }: ChatStore, request: ChatRequest): ChatToInsert | null {
  try {
    const document = documentOf(model, newId, request);
    const people = participantsPath(model)?.array ?? null;
    if (isReadAsWritten(document, people, request))
      return { key: request.key, document, stored: document as StoredDocument };
    const bytes = BSON.serialize(document, chats.bsonOptions);
    if (bytes.length > largestInBatch) return null;
    const stored = BSON.deserialize(bytes, chats.bsonOptions) as StoredDocument;
    return { key: request.key, document, stored };
  } catch {
    return null;
  }
}

/**
 * Nearly all new chats hold nothing but short plain values that are nobody else's to change: what the driver would read of
 * them need not be found out.
 */
function isReadAsWritten(document: Document, people: string | null, { set }: ChatRequest): boolean {
  let length = 0;
  const isPlain = (value: unknown): boolean => {
    if (typeof value !== "string")
      return typeof value === "boolean" || value === null || value instanceof ObjectId;
    length += value.length;
    return printable.test(value);
  };
  for (const [field, value] of Object.entries(document)) {
    const isOwnDate = field === "createdAt" && value instanceof Date && !("createdAt" in set);
    const isOwnList = field === people && Array.isArray(value) && value.every(isPlain);
    if (!isPlain(field) || !(isPlain(value) || isOwnDate || isOwnList)) return false;
  }
  return length < largestInBatch / 2;
}

/** Of as many bytes as characters, and the same when it comes back. */
const printable = /^[ -~]*$/;
