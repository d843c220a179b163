import { nativeId } from "../identity/native-id.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import { type ChatIdentity, keyOf, sortedSet } from "../identity/participants-key.ts";
import type { ChatModel } from "./chat-model.ts";
import { type StoredDocument, valueAt } from "./stored-document.ts";

/** Where the participants' array is, and the id's field inside its elements if they are sub-documents. */
export interface ParticipantsPath {
  readonly array: string;
  readonly element: string | null;
}

/** `members.userId` is the field `userId` of the elements of `members`; a path without a dot is an array of ids. */
export function participantsPath(model: ChatModel): ParticipantsPath {
  const path = model.chats.participants;
  const dot = path.lastIndexOf(".");
  return dot === -1
    ? { array: path, element: null }
    : { array: path.slice(0, dot), element: path.slice(dot + 1) };
}

/** The participants as they are stored, in stored order and form, with whatever is wrong with them. */
export function storedParticipants(model: ChatModel, document: StoredDocument): readonly unknown[] {
  const { array, element } = participantsPath(model);
  const stored = valueAt(document, array);
  if (!Array.isArray(stored)) return [];
  return element === null ? stored : stored.map((entry: unknown) => memberId(entry, element));
}

function memberId(entry: unknown, field: string): unknown {
  return typeof entry === "object" && entry !== null ? Reflect.get(entry, field) : undefined;
}

/** The canonical scope of a stored chat: empty where there is none, `null` where it is not a valid id. */
export function storedScope(model: ChatModel, document: StoredDocument): string | null {
  const stored = model.chats.scope === null ? "" : (valueAt(document, model.chats.scope) ?? "");
  return stored === "" ? "" : participantIdOrNull(stored);
}

/** Who a stored chat is of, or `null` when its participants or its scope are not valid ids. */
export function storedIdentity(model: ChatModel, document: StoredDocument): ChatIdentity | null {
  const people = storedPeople(model, document);
  return people === null ? null : { ...people, key: keyOf(people.ids, people.scope) };
}

/** Whether a stored chat is of exactly these people in this scope. */
export function isChatOf(model: ChatModel, document: StoredDocument, { ids, scope }: StoredPeople): boolean {
  if (storedScope(model, document) !== scope) return false;
  // As onechat stores them, canonical text in order, they need not be read.
  if (isSameList(storedParticipants(model, document), ids)) return true;
  const people = storedPeople(model, document);
  return people !== null && isSameList(people.ids, ids);
}

function isSameList(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((value, index) => value === others[index]);
}

type StoredPeople = Pick<ChatIdentity, "ids" | "scope">;

function storedPeople(model: ChatModel, document: StoredDocument): StoredPeople | null {
  const ids = storedParticipants(model, document).map(participantIdOrNull);
  const scope = storedScope(model, document);
  if (scope === null || ids.length === 0 || !ids.every((id) => id !== null)) return null;
  return { ids: sortedSet(ids), scope };
}

/** The key that a stored chat ought to have, or `null` when its participants or its scope are not valid ids. */
export function recomputedKey(model: ChatModel, document: StoredDocument): string | null {
  return storedIdentity(model, document)?.key ?? null;
}

/** The participants' array of a new chat, in the model's form. */
export function nativeParticipants(model: ChatModel, ids: readonly string[]): readonly unknown[] {
  const { element } = participantsPath(model);
  return ids.map((id, index) => {
    const native = nativeId(id, model.chats.participantType, `participants[${index}]`);
    return element === null ? native : { [element]: native };
  });
}
