import { Long, ObjectId, UUID } from "mongodb";
import { z } from "zod";
import { ChatError, type ChatErrorOptions } from "../errors/chat-error.ts";
import { canonicalText } from "./participant-id.ts";

/**
 * How ids are stored: `string` as their canonical text, `objectId` and `uuid` as BSON values of that type, `int` and
 * `long` as integers of 32 and 64 bits.
 */
export type NativeIdType = z.infer<typeof NativeIdType>;
export const NativeIdType = z.enum(["string", "objectId", "int", "long", "uuid"]);

export type NativeId = string | number | ObjectId | UUID | Long;

/** Whether this is an ObjectId, of whatever copy of the bson package. */
export function isObjectId(id: unknown): id is ObjectId {
  return typeof id === "object" && id !== null && "_bsontype" in id && id._bsontype === "ObjectId";
}

/** Every stored form that has this canonical text, for filters over collections whose ids are of mixed types. */
export function nativeForms(id: string): readonly NativeId[] {
  if (canonicalText.objectId.test(id)) return [id, new ObjectId(id)];
  if (canonicalText.uuid.test(id)) return [id, new UUID(id)];
  if (!canonicalText.integer.test(id)) return [id];
  // The server compares numbers by value, so one Long finds Int32, Long and Double alike.
  const long = Long.fromString(id);
  return long.toString() === id ? [id, long] : [id];
}

/**
 * The form in which new documents store an id. `what` names the value in the error: `participants[2]`, `scope`.
 *
 * @throws ChatError `INVALID_PARTICIPANTS` when this text is no id of that type
 */
export function nativeId(
  id: string,
  type: NativeIdType,
  what: string,
  options: ChatErrorOptions = {},
): NativeId {
  const native = ofType[type](id);
  if (native !== null) return native;
  throw new ChatError("INVALID_PARTICIPANTS", `${what} is not ${typeNames[type]}`, options);
}

/** Whether there is a form of that type for an id. */
export function isStorableAs(id: string, type: NativeIdType): boolean {
  return ofType[type](id) !== null;
}

const ofType: Readonly<Record<NativeIdType, (id: string) => NativeId | null>> = {
  string: (id) => id,
  objectId: (id) => (canonicalText.objectId.test(id) ? new ObjectId(id) : null),
  uuid: (id) => (canonicalText.uuid.test(id) ? new UUID(id) : null),
  int: (id) => (canonicalText.integer.test(id) && Number(id) === (Number(id) | 0) ? Number(id) : null),
  long(id) {
    if (!canonicalText.integer.test(id)) return null;
    const long = Long.fromString(id);
    return long.toString() === id ? long : null;
  },
};

const typeNames: Readonly<Record<NativeIdType, string>> = {
  string: "text",
  objectId: "an ObjectId (24 lower-case hex digits)",
  uuid: "a UUID (lower-case canonical form)",
  int: "an integer of 32 bits",
  long: "an integer of 64 bits",
};
