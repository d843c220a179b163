import type { Document, Filter } from "mongodb";
import { storedParticipants } from "./chat-document.ts";
import type { ChatModel } from "./chat-model.ts";
import type { ParticipantsPath } from "./field-path.ts";
import { fieldAt } from "./nested-fields.ts";
import { isOfDbRefs, participantPaths, participantsPath } from "./participants-place.ts";
import { rootOf, type StoredDocument, valueAt } from "./stored-document.ts";

/**
 * Matches a chat that is still of the same people in the same scope as it was seen, in the same form and order. Only what
 * can be an id is compared: other values may not be what they were once the driver has read and written them.
 */
export function asSeen(model: ChatModel, seen: StoredDocument): Filter<StoredDocument> {
  const people = isOfDbRefs(model) ? participantsPath(model) : null;
  if (people === null) return { $expr: areAsSeen(seenValues(model, seen)) };
  const scope = { $expr: areAsSeen(seenScope(model, seen)) };
  return { $and: [...dbRefsAsSeen(model, people, seen), scope] };
}

/** By their places: an expression cannot look into a DBRef, and as a whole one may not be written as it was stored. */
function dbRefsAsSeen(
  model: ChatModel,
  { array, element }: ParticipantsPath,
  seen: StoredDocument,
): readonly Filter<StoredDocument>[] {
  const ids = storedParticipants(model, seen).map(seenId);
  const root = rootOf(array);
  if (ids.length === 0 || ids.includes(null))
    return [{ [root]: seen[root] === undefined ? { $exists: false } : { $eq: seen[root] } }];
  const each = ids.map((id, at) => ({ [`${array}.${at}.${element ?? ""}`]: { $eq: id } }));
  return [{ [array]: { $type: "array" }, [`${array}.${ids.length}`]: { $exists: false } }, ...each];
}

/** Expressions, each with what it gave when it was seen; `null` also stands for an absent field. */
export type SeenValues = readonly (readonly [expression: unknown, value: unknown])[];

/** An expression. One comparison of two lists costs the server less than one for each value. */
export function areAsSeen(values: SeenValues): Document {
  return { $eq: [values.map(([expression]) => expression), { $literal: values.map(([, value]) => value) }] };
}

/** What {@link asSeen} compares; not for people that are named by DBRefs. */
export function seenValues(model: ChatModel, seen: StoredDocument): SeenValues {
  const people = participantsPath(model);
  const some =
    people === null ? seenFields(participantPaths(model), seen) : [seenPeople(model, people, seen)];
  return [...some, ...seenScope(model, seen)];
}

function seenScope({ chats: { scope } }: ChatModel, seen: StoredDocument): SeenValues {
  return scope === null ? [] : seenFields([scope], seen);
}

function seenFields(fields: readonly string[], seen: StoredDocument): SeenValues {
  return fields.map((field) => [idOrNull(`$${field}`), seenId(valueAt(seen, field))] as const);
}

/** Element by element: of a path into an array the server leaves out the elements that are no documents. */
function seenPeople(
  model: ChatModel,
  { array, element }: ParticipantsPath,
  seen: StoredDocument,
): SeenValues[number] {
  const people = fieldAt("$", array);
  if (!Array.isArray(valueAt(seen, array))) return [{ $isArray: people }, false];
  const ids = storedParticipants(model, seen).map(seenId);
  // What is equal to an id is one: only in the place of what is none has the server to look at types.
  const areIds = ids.every((id) => id !== null);
  if (areIds && element === null) return [people, ids];
  const stored = element === null ? "$$this" : `$$this.${element}`;
  const present = { $map: { input: people, in: areIds ? stored : idOrNull(stored) } };
  return [{ $cond: [{ $isArray: people }, present, null] }, ids];
}

/** How the server and the driver name the types that an id may have; the driver reads symbols as text. */
const idTypes = ["string", "symbol", "int", "long", "double", "objectId", "binData"];
const driverTypes: ReadonlySet<unknown> = new Set(["ObjectId", "Binary", "UUID", "Int32", "Long", "Double"]);

function idOrNull(value: string): Document {
  return { $cond: [{ $in: [{ $type: value }, idTypes] }, value, null] };
}

function seenId(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "number") return value;
  const type: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "_bsontype") : null;
  return driverTypes.has(type) ? value : null;
}
