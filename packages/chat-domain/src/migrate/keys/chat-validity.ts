import { ChatError } from "../../errors/chat-error.ts";
import { participantIdAt, participantIdOrNull } from "../../identity/participant-id.ts";
import { storedIdentity, storedParticipants, storedScope } from "../../model/chat-document.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { keyField, mergedIntoField, type StoredDocument } from "../../model/stored-document.ts";

/** Why a chat can have no key, in words that hold no id of a person; `null` when it can. */
export function invalidityOf(model: ChatModel, chat: StoredDocument): string | null {
  if (participantIdOrNull(chat._id) === null)
    return "its _id is not a string, a number, an ObjectId or a UUID";
  if (storedIdentity(model, chat) !== null) return null;
  if (storedScope(model, chat) === null) return "its scope is not a valid id";
  const participants = storedParticipants(model, chat);
  if (participants.length === 0) return "it has no participants";
  try {
    participants.forEach(participantIdAt);
  } catch (error) {
    if (error instanceof ChatError) return error.message;
    throw error;
  }
  return null;
}

/** Whether a chat is live and has the key that it ought to have. */
export function hasItsKey(model: ChatModel, chat: StoredDocument): boolean {
  const live = (chat[mergedIntoField] ?? null) === null;
  return live && chat[keyField] !== undefined && chat[keyField] === storedIdentity(model, chat)?.key;
}
