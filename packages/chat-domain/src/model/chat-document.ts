import { participantIdOrNull } from "../identity/participant-id.ts";
import { type ChatIdentity, keyOf, sortedSet } from "../identity/participants-key.ts";
import type { ChatModel } from "./chat-model.ts";
import { isLive, isReleased, ownField } from "./own-names.ts";
import { fitsFields, identityRoots, participantPaths, participantsPath } from "./participants-place.ts";
import { prefixesOf } from "./nested-fields.ts";
import { nestedValue, type StoredDocument, valueAt } from "./stored-document.ts";

/**
 * What tells who a stored chat is of, and whether it may hold their key. Whole fields: of a path into an array the server
 * leaves out the elements that are no documents, and so would make other people of them. With the mark that a chat which
 * is given its key loses.
 */
export function identityProjection(model: ChatModel): Readonly<Record<string, 1>> {
  return {
    ...Object.fromEntries(identityRoots(model).map((root) => [root, 1 as const])),
    [model.chats.keyField]: 1,
    [ownField(model, "mergedInto")]: 1,
    [ownField(model, "releasedAt")]: 1,
    [ownField(model, "unkeyedAt")]: 1,
  };
}

/** The participants as they are stored, in stored order and form, with whatever is wrong with them. */
export function storedParticipants(model: ChatModel, document: StoredDocument): readonly unknown[] {
  const path = participantsPath(model);
  if (path === null) return inFields(participantPaths(model), document);
  const stored = valueAt(document, path.array);
  if (!Array.isArray(stored)) return [];
  const { element } = path;
  return element === null ? stored : stored.map((entry: unknown) => nestedValue(entry, element));
}

/** Of a chat that has none of the fields nobody can be told. */
function inFields(fields: readonly string[], document: StoredDocument): readonly unknown[] {
  const stored = fields.map((field) => valueAt(document, field));
  return stored.every((value) => value === undefined) ? [] : stored;
}

/**
 * The canonical scope of a stored chat: empty where there is none, `null` where it is not a valid id, or in an array of which
 * nobody can tell which element has it.
 */
export function storedScope(model: ChatModel, document: StoredDocument): string | null {
  const { scope } = model.chats;
  const stored = scope === null ? "" : (valueAt(document, scope) ?? "");
  if (stored === "") return scope !== null && isInArray(document, scope) ? null : "";
  return participantIdOrNull(stored);
}

function isInArray(document: StoredDocument, path: string): boolean {
  return path.includes(".") && prefixesOf(path).some((prefix) => Array.isArray(valueAt(document, prefix)));
}

/** Who a stored chat is of, or `null` when its participants or its scope are not valid ids. */
export function storedIdentity(model: ChatModel, document: StoredDocument): ChatIdentity | null {
  const people = storedPeople(model, document);
  return people === null ? null : { ...people, key: keyOf(people.ids, people.scope) };
}

/** Whether a stored chat may hold the key of these people: it is theirs, no tombstone, and was not released. */
export function mayHoldKeyOf(model: ChatModel, document: StoredDocument, identity: StoredPeople): boolean {
  return isLive(model, document) && !isReleased(model, document) && isChatOf(model, document, identity);
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
  const people = sortedSet(ids);
  return fitsFields(model, people.length) ? { ids: people, scope } : null;
}

/** The key that a stored chat ought to have, or `null` when its participants or its scope are not valid ids. */
export function recomputedKey(model: ChatModel, document: StoredDocument): string | null {
  return storedIdentity(model, document)?.key ?? null;
}
