import { type Condition, Long, ObjectId, UUID } from "mongodb";
import { ChatError } from "./chat-error.ts";
import { isObjectId, type NativeId, nativeForms } from "./native-id.ts";
import { canonicalText, participantIdOrNull } from "./participant-id.ts";

/** Where a page of a list ended, as text: an id with its type, because lists may hold ids of several types. */
export function cursorOf(id: NativeId): string {
  const text = participantIdOrNull(id) ?? "";
  if (isObjectId(id)) return text;
  if (typeof id === "string") return `text:${text}`;
  return canonicalText.uuid.test(text) ? `uuid:${text}` : `number:${text}`;
}

/** Ids that come after a cursor when newest come first: those of its own type, then all of `laterTypes`. */
export interface AfterCursor {
  readonly sameType: Condition<NativeId>;
  readonly laterTypes: readonly ("binData" | "string" | "int" | "long" | "double")[];
}

/**
 * Comparisons only see values of their own type, while sorting goes through all types: descending, ObjectIds come
 * before UUIDs, text and numbers.
 *
 * @throws ChatError `INVALID_PARTICIPANTS` when this was never a cursor
 */
export function afterCursor(cursor: string): AfterCursor {
  const [, type = "objectId", text = ""] = /^(?:(text|uuid|number):)?(.*)$/s.exec(cursor) ?? [];
  const before = laterTypesOf[type];
  const id = before === undefined ? null : nativeOf(type, text);
  if (before === undefined || id === null) {
    throw new ChatError("INVALID_PARTICIPANTS", "after is not the `next` of a page");
  }
  return { sameType: { $lt: id }, laterTypes: before };
}

const laterTypesOf: Readonly<Record<string, AfterCursor["laterTypes"]>> = {
  objectId: ["binData", "string", "int", "long", "double"],
  uuid: ["string", "int", "long", "double"],
  text: ["int", "long", "double"],
  number: [],
};

const bsonTypes = { objectId: ObjectId, uuid: UUID, number: Long } as const;

function nativeOf(type: string, text: string): NativeId | null {
  if (type === "text") return text;
  const bsonType = Object.entries(bsonTypes).find(([name]) => name === type)?.[1];
  return nativeForms(text).find((form) => bsonType !== undefined && form instanceof bsonType) ?? null;
}
