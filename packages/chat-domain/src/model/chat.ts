import { ChatError } from "../errors/chat-error.ts";
import { isObjectId } from "../identity/native-id.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import { sortedSet } from "../identity/participants-key.ts";
import { identityProjection, storedParticipants, storedScope } from "./chat-document.ts";
import type { ChatModel } from "./chat-model.ts";
import { ownField } from "./own-names.ts";
import type { StoredDocument } from "./stored-document.ts";

/** A chat as onechat sees it. Ids are canonical text, see `participantId`. */
export interface Chat {
  readonly id: string;
  /** Sorted by Unicode code point, without repeats. */
  readonly participants: readonly string[];
  /** `null` for a chat that has not been claimed yet, and for named groups. */
  readonly participantsKey: string | null;
  readonly scope: string;
  /** `null` only where neither the document nor its ObjectId tells. */
  readonly createdAt: Date | null;
  readonly createdBy: string | null;
  /** Ids of the duplicates that were merged into this chat; they stay valid for ever. */
  readonly aliases: readonly string[];
  /** The stored document with the application's own fields. */
  readonly document: StoredDocument;
}

/** The fields of which {@link toChat} makes a chat. */
export function chatProjection(model: ChatModel): Readonly<Record<string, 1>> {
  return { ...identityProjection(model), createdAt: 1, createdBy: 1, [ownField(model, "aliases")]: 1 };
}

/**
 * Reads a stored document of any age. What is not a valid id is left out of `participants`, never invented.
 *
 * @throws ChatError `INTEGRITY` when `_id` is of a type that has no canonical text
 */
export function toChat(model: ChatModel, document: StoredDocument): Chat {
  const chat = readableChat(model, document);
  if (chat instanceof ChatError) throw chat;
  return chat;
}

/** {@link toChat}, with the error as a value, for those who read many at once. */
export function readableChat(model: ChatModel, document: StoredDocument): Chat | ChatError {
  const { _id, createdBy, [ownField(model, "aliases")]: aliases, [model.chats.keyField]: key } = document;
  const id = participantIdOrNull(_id);
  if (id === null)
    return new ChatError(
      "INTEGRITY",
      "a stored chat has an _id that is not a string, number, ObjectId or UUID",
    );
  return {
    id,
    participants: sortedSet(validIds(storedParticipants(model, document))),
    participantsKey: typeof key === "string" ? key : null,
    scope: storedScope(model, document) ?? "",
    createdAt: creationTime(document),
    createdBy: participantIdOrNull(createdBy),
    aliases: Array.isArray(aliases) ? validIds(aliases) : [],
    document,
  };
}

function validIds(stored: readonly unknown[]): readonly string[] {
  return stored.map(participantIdOrNull).filter((id) => id !== null);
}

/** BSON and JavaScript know dates that no calendar does, and that ISO's common form cannot write. */
export function isTime(value: unknown): value is Date {
  return value instanceof Date && value.getTime() >= firstMs && value.getTime() <= lastMs;
}

const [firstMs, lastMs] = [Date.parse("0000-01-01T00:00:00.000Z"), Date.parse("9999-12-31T23:59:59.999Z")];

function creationTime(document: StoredDocument): Date | null {
  const { createdAt, _id: id } = document;
  if (isTime(createdAt)) return createdAt;
  return isObjectId(id) ? id.getTimestamp() : null;
}
