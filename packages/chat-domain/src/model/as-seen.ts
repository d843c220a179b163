import type { Document, Filter } from "mongodb";
import { storedParticipants } from "./chat-document.ts";
import type { ChatModel } from "./chat-model.ts";
import type { ParticipantsPath } from "./field-path.ts";
import { identityRoots, isOfDbRefs, participantPaths, participantsPath } from "./participants-place.ts";
import { type StoredDocument, valueAt } from "./stored-document.ts";

/**
 * Matches a chat that is still of the same people in the same scope as it was seen, in the same form and order. Only what
 * can be an id is compared: other values may not be what they were once the driver has read and written them.
 */
export function asSeen(model: ChatModel, seen: StoredDocument): Filter<StoredDocument> {
  if (!isOfDbRefs(model)) return { $expr: areAsSeen(seenValues(model, seen)) };
  return Object.fromEntries(
    identityRoots(model).map((root) => [
      root,
      seen[root] === undefined ? { $exists: false } : { $eq: seen[root] },
    ]),
  );
}

/** Expressions, each with what it gave when it was seen; `null` also stands for an absent field. */
export type SeenValues = readonly (readonly [expression: unknown, value: unknown])[];

/** An expression. One comparison of two lists costs the server less than one for each value. */
export function areAsSeen(values: SeenValues): Document {
  return { $eq: [values.map(([expression]) => expression), { $literal: values.map(([, value]) => value) }] };
}

/** What {@link asSeen} compares; not for people that are named by DBRefs. */
export function seenValues(model: ChatModel, seen: StoredDocument): SeenValues {
  const { scope } = model.chats;
  const people = participantsPath(model);
  const fields = [...(people === null ? participantPaths(model) : []), ...(scope === null ? [] : [scope])];
  return [
    ...(people === null ? [] : [seenPeople(model, people, seen)]),
    ...fields.map((field) => [idOrNull(`$${field}`), seenId(valueAt(seen, field))] as const),
  ];
}

/** Element by element: of a path into an array the server leaves out the elements that are no documents. */
function seenPeople(
  model: ChatModel,
  { array, element }: ParticipantsPath,
  seen: StoredDocument,
): SeenValues[number] {
  const people = `$${array}`;
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
