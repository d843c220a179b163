import { type Document, ObjectId, UUID } from "mongodb";
import { type NativeId, nativeId, type NativeIdType } from "../identity/native-id.ts";
import { participantIdOrNull } from "../identity/participant-id.ts";
import type { ChatIdentity } from "../identity/participants-key.ts";
import { isTime } from "./chat.ts";
import type { ChatModel } from "./chat-model.ts";
import { definedFields } from "./defined-fields.ts";
import { isFieldPath, overlaps } from "./field-path.ts";
import { type NamedPeople, newParticipants } from "./new-participants.ts";
import { ownField, ownFieldNames } from "./own-names.ts";
import { ownerField, participantFields, participantsPath } from "./participants-place.ts";
import { isPlainObject } from "./plain-object.ts";

/** A checked call: who is meant, and what the caller wants a new chat to have. */
export interface ChatRequest extends NamedPeople {
  readonly set: Readonly<Record<string, unknown>>;
}

/** Makes the `_id` of a new chat of these people, in any form that `participantId` accepts. */
export type NewId = (chat: { readonly participants: readonly string[]; readonly scope: string }) => unknown;

/** What makes the `_id` of new chats unless the application says; `null` where the database does. */
export const defaultNewId: Readonly<Record<NativeIdType, NewId | null>> = {
  objectId: null,
  string: () => new ObjectId().toHexString(),
  uuid: () => new UUID(),
  int: needsNewId,
  long: needsNewId,
};

function needsNewId(): never {
  throw new TypeError("chats whose idType is int or long need chatContext(db, { newId }) to make their _id");
}

/**
 * The fields of the chat that a request creates, by path, as `$setOnInsert` takes them. The key is not among them: it
 * comes from the filter of an upsert, which must be exactly that one equality.
 */
export function newChatFields(model: ChatModel, newId: NewId | null, request: ChatRequest): Document {
  return {
    createdAt: new Date(),
    ...equalitiesOf(model),
    ...request.set,
    ...ownFields(model, request),
    ...(newId === null ? {} : { _id: nativeIdOf(model, newId, request) }),
  };
}

function ownFields(model: ChatModel, request: ChatRequest): Document {
  const { scope, scopeType } = model.chats;
  const people = newParticipants(model, request);
  if (request.scope === "" || scope === null || ownerField(model) !== null) return people;
  return { ...people, [scope]: nativeId(request.scope, scopeType, "scope") };
}

function nativeIdOf({ chats }: ChatModel, newId: NewId, { ids, scope }: ChatIdentity): NativeId {
  const id = participantIdOrNull(newId({ participants: ids, scope }));
  if (id === null)
    throw new TypeError("newId did not make an id: a string, an integer, an ObjectId or a UUID");
  return nativeId(id, chats.idType, "the _id that newId made");
}

/**
 * What `where` demands by plain equality, so that a new chat is one of those it selects. Not of what tells who a chat is of:
 * that is the caller's to say; nor where it demands two things of one field, as of a list that holds both.
 */
export function equalitiesOf(model: ChatModel): Document {
  const equalities = plainEqualities(model.chats.where);
  const places = identityPlaces(model);
  const isAlone = (path: string): boolean =>
    equalities.filter(([other]) => overlaps(path, other)).length === 1 &&
    !places.some((place) => overlaps(path, place));
  return Object.fromEntries(equalities.filter(([path]) => isAlone(path)));
}

type Equality = readonly [path: string, value: unknown];

function plainEqualities(where: Readonly<Record<string, unknown>>): readonly Equality[] {
  return Object.entries(where).flatMap(([field, condition]): readonly Equality[] => {
    if (field === "$and" && Array.isArray(condition))
      return condition.filter(isPlainObject).flatMap(plainEqualities);
    const value = field.startsWith("$") ? null : plainEquality(condition);
    return value === null ? [] : [[field, value]];
  });
}

function identityPlaces(model: ChatModel): readonly string[] {
  const { scope } = model.chats;
  const people = participantFields(model) ?? [participantsPath(model)?.array ?? ""];
  return ["_id", ...people, ...(scope === null ? [] : [scope])];
}

/**
 * The value that a condition asks for and that a new chat is given; `null` where there is no such value. A sub-document
 * without operators is compared as a whole, like any other value.
 */
export function plainEquality(condition: unknown): unknown {
  if (condition === undefined || isPattern(condition)) return null;
  if (!isPlainObject(condition)) return condition;
  const fields = Object.keys(condition);
  if (!fields.some((field) => field.startsWith("$"))) return condition;
  return fields.join() === "$eq" ? (condition["$eq"] ?? null) : null;
}

function isPattern(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof RegExp || Reflect.get(value, "_bsontype") === "BSONRegExp";
}

/** What an upsert would make of the request, which sets paths where an insert needs sub-documents. */
export function documentOf(model: ChatModel, newId: NewId | null, request: ChatRequest): Document {
  const chat: Document = { _id: new ObjectId(), [model.chats.keyField]: request.key };
  for (const [path, value] of Object.entries(newChatFields(model, newId, request))) {
    if (path.includes(".")) setAt(chat, path.split("."), value);
    else define(chat, path, value);
  }
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

/** The paths of a new chat that are onechat's to write. */
export function ownPaths(model: ChatModel): readonly string[] {
  const own = [model.chats.keyField, ...ownFieldNames.map((name) => ownField(model, name))];
  return [...identityPlaces(model), ...Object.keys(equalitiesOf(model)), ...own];
}

/** A copy: what the caller adds while the call waits comes too late to be checked. `paths` are not the caller's. */
export function settable(paths: readonly string[], set: unknown): ChatRequest["set"] {
  if (!isPlainObject(set)) throw new TypeError("set is an object of plain fields");
  if ("createdAt" in set && !isTime(set["createdAt"]))
    throw new TypeError("set.createdAt is a Date from the years 0 to 9999");
  const fields = Object.keys(set);
  for (const field of fields) {
    if (!isFieldPath(field)) throw new TypeError(`set["${field}"] is not a field that can be set`);
    const reserved = paths.find((other) => overlaps(field, other));
    if (reserved !== undefined)
      throw new TypeError(`set.${field} is not for the caller to set: onechat writes ${reserved}`);
    const twin = fields.find((other) => other !== field && overlaps(field, other));
    if (twin !== undefined) throw new TypeError(`set.${field} and set.${twin} are set twice`);
  }
  return definedFields(set);
}
