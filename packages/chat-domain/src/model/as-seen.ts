import type { Document, Filter } from "mongodb";
import { storedParticipants } from "./chat-document.ts";
import type { ChatModel } from "./chat-model.ts";
import {
  identityRoots,
  isOfDbRefs,
  participantPaths,
  type ParticipantsPath,
  participantsPath,
} from "./participants-place.ts";
import { type StoredDocument, valueAt } from "./stored-document.ts";

/**
 * Matches a chat that is still of the same people in the same scope as it was seen, in the same form and order. Only what
 * can be an id is compared: other values may not be what they were once the driver has read and written them.
 */
export function asSeen(model: ChatModel, seen: StoredDocument): Filter<StoredDocument> {
  if (!isOfDbRefs(model)) return { $expr: isAsSeen(model, seen) };
  return Object.fromEntries(
    identityRoots(model).map((root) => [
      root,
      seen[root] === undefined ? { $exists: false } : { $eq: seen[root] },
    ]),
  );
}

/** {@link asSeen} as an expression; not for people that are named by DBRefs. */
export function isAsSeen(model: ChatModel, seen: StoredDocument): Document {
  const { scope } = model.chats;
  const people = participantsPath(model);
  const fields = [...(people === null ? participantPaths(model) : []), ...(scope === null ? [] : [scope])];
  return {
    $and: [
      ...(people === null ? [] : [arePeopleAsSeen(model, people, seen)]),
      ...fields.map((field) => ({
        $eq: [idOrNull(`$${field}`), { $literal: seenId(valueAt(seen, field)) }],
      })),
    ],
  };
}

/** Element by element: of a path into an array the server leaves out the elements that are no documents. */
function arePeopleAsSeen(
  model: ChatModel,
  { array, element }: ParticipantsPath,
  seen: StoredDocument,
): Document {
  const people = `$${array}`;
  if (!Array.isArray(valueAt(seen, array))) return { $not: [{ $isArray: people }] };
  const ids = storedParticipants(model, seen).map(seenId);
  // What is equal to an id is one: only in the place of what is none has the server to look at types.
  const areIds = ids.every((id) => id !== null);
  if (areIds && element === null) return { $eq: [people, { $literal: ids }] };
  const stored = element === null ? "$$this" : `$$this.${element}`;
  const present = {
    $map: { input: { $cond: [{ $isArray: people }, people, []] }, in: areIds ? stored : idOrNull(stored) },
  };
  return { $and: [{ $isArray: people }, { $eq: [present, { $literal: ids }] }] };
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
