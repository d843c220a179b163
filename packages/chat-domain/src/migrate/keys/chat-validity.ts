import { isLive, isReleased } from "../../model/own-names.ts";
import { ChatError } from "../../errors/chat-error.ts";
import { idFlaw, participantIdAt } from "../../identity/participant-id.ts";
import { keyPrefix } from "../../identity/participants-key.ts";
import { mayHoldKeyOf, storedIdentity, storedParticipants, storedScope } from "../../model/chat-document.ts";
import type { ChatModel } from "../../model/chat-model.ts";
import { participantFields } from "../../model/participants-place.ts";
import { type StoredDocument } from "../../model/stored-document.ts";

/** Why a chat can have no key, in words that hold no id of a person; `null` when it can. */
export function invalidReason(model: ChatModel, chat: StoredDocument): string | null {
  const flaw = idFlaw(chat._id);
  if (flaw !== null) return `its _id ${flaw}`;
  if (storedIdentity(model, chat) !== null) return null;
  if (storedScope(model, chat) === null) return "its scope is not a valid id";
  const participants = storedParticipants(model, chat);
  if (participants.length === 0) return "it has no participants";
  try {
    participants.forEach(participantIdAt);
  } catch (error) {
    if (error instanceof ChatError) return inField(model, error);
    throw error;
  }
  return "it has more than one person, but not as many as it has fields for them";
}

/** What is wrong with one person, by the field that they are in where they have one. */
function inField(model: ChatModel, { message, position }: ChatError): string {
  const field = position === null ? undefined : participantFields(model)?.[position];
  return field === undefined ? message : message.replace(`participants[${position}]`, field);
}

/**
 * What is wrong with the key of a chat that `where` selects. `keyless`: it ought to have one. `drifted`: the key that it
 * holds is not that of its people, or it may hold none. `foreign`: what stands there is no key of onechat's.
 */
export type KeyFault = "keyless" | "drifted" | "foreign";

/** A chat that was released and has no key is as it ought to be. */
export function keyFaultOf(model: ChatModel, chat: StoredDocument): KeyFault | null {
  const key = chat[model.chats.keyField];
  if (key === undefined) return isReleased(model, chat) || !isLive(model, chat) ? null : "keyless";
  if (!isKey(key)) return "foreign";
  const identity = storedIdentity(model, chat);
  const isRight = identity?.key === key && mayHoldKeyOf(model, chat, identity);
  return isRight ? null : "drifted";
}

/** Whether a value of the key's field is onechat's, right or not. */
export function isKey(value: unknown): value is string {
  return typeof value === "string" && value.startsWith(keyPrefix);
}
