import { Long, ObjectId, UUID } from "mongodb";
import { z } from "zod";
import { ChatError } from "../errors/chat-error.ts";
import { canonicalText } from "./participant-id.ts";

/** How ids are stored: `string` as their canonical text, `objectId` as BSON ObjectIds. */
export type NativeIdType = z.infer<typeof NativeIdType>;
export const NativeIdType = z.enum(["string", "objectId"]);

export type NativeId = string | ObjectId | UUID | Long;

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

/** The form in which new documents store an id. `what` names the value in the error: `participants[2]`, `scope`. */
export function nativeId(id: string, type: NativeIdType, what: string): string | ObjectId {
  if (type === "string") return id;
  if (canonicalText.objectId.test(id)) return new ObjectId(id);
  throw new ChatError("INVALID_PARTICIPANTS", `${what} is not an ObjectId (24 lower-case hex digits)`);
}
