import { ChatError } from "../errors/chat-error.ts";

/** Longest participant id and longest scope, in UTF-16 code units. */
export const maxIdLength = 256;

/** The canonical text of an id that is stored as a BSON value. */
export const canonicalText = {
  objectId: /^[0-9a-f]{24}$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  integer: /^(0|-?[1-9][0-9]{0,18})$/,
} as const;
/** Text that can have no flaw, as nearly all ids are: visible ASCII. */
const plain = /^[!-~]{1,256}$/;
const controlCharacter = /\p{Cc}/u;
const loneSurrogate = /\p{Cs}/u;

/**
 * The canonical form of a participant's id: the text that is hashed into the key and compared.
 *
 * A string is opaque and taken as it is; ObjectId becomes 24 lower-case hex digits, a BSON UUID its lower-case
 * canonical form, a safe integer, Int32 or Long its decimal digits. So the string form and the BSON form of one
 * id are one participant.
 *
 * @throws ChatError `INVALID_PARTICIPANTS` with the reason: empty, longer than 256 UTF-16 units, leading or
 *   trailing white space, control characters, ill-formed Unicode, or any other type.
 * @example
 * ```ts
 * import { participantId } from "@onechat/chat-domain";
 * import { ObjectId } from "mongodb";
 *
 * participantId(7); // "7"
 * participantId(new ObjectId("65f0c0ffee0123456789abcd")); // "65f0c0ffee0123456789abcd"
 * ```
 */
export function participantId(value: unknown): string {
  return accept(parseId(value), (flaw) => new ChatError("INVALID_PARTICIPANTS", `participant ${flaw}`));
}

/** {@link participantId} for a value of a list: the error tells its position. */
export function participantIdAt(value: unknown, position: number): string {
  return accept(
    parseId(value),
    (flaw) => new ChatError("INVALID_PARTICIPANTS", `participants[${position}] ${flaw}`, { position }),
  );
}

/** The canonical form of a scope: the same rules as a participant's id, but it may be empty. */
export function scopeId(value: unknown): string {
  if (value === "") return "";
  return accept(parseId(value), (flaw) => new ChatError("INVALID_PARTICIPANTS", `scope ${flaw}`));
}

/** {@link participantId} for stored values, which may be anything: `null` where there is no valid id. */
export function participantIdOrNull(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const parsed = parseId(value);
  return "id" in parsed ? parsed.id : null;
}

/** What is wrong with a stored value as an id; `null` where it is one. */
export function idFlaw(value: unknown): string | null {
  const parsed = parseId(value);
  return "flaw" in parsed ? parsed.flaw : null;
}

type ParsedId = { readonly id: string } | { readonly flaw: string };

function accept(parsed: ParsedId, refuse: (flaw: string) => ChatError): string {
  if ("flaw" in parsed) throw refuse(parsed.flaw);
  return parsed.id;
}

function parseId(value: unknown): ParsedId {
  const id = typeof value === "string" ? value : nativeIdText(value);
  if (id === null)
    return { flaw: `is ${describe(value)}; an id is a string, an integer, an ObjectId or a UUID` };
  const flaw = textFlaw(id);
  return flaw === null ? { id } : { flaw };
}

function textFlaw(text: string): string | null {
  if (plain.test(text)) return null;
  if (text.length === 0) return "is empty";
  if (text.length > maxIdLength) return `is longer than ${maxIdLength} UTF-16 units`;
  if (text.trim().length !== text.length) return "has leading or trailing white space";
  if (controlCharacter.test(text)) return "holds a control character";
  // Two different lone surrogates become the same bytes in UTF-8, so two people would share one key.
  if (loneSurrogate.test(text)) return "is ill-formed Unicode (a lone surrogate)";
  return null;
}

function nativeIdText(value: unknown): string | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : null;
  return typeof value === "object" && value !== null ? bsonIdText(value) : null;
}

/** Recognised by `_bsontype`, not by class: an application may bring its own copy of the bson package. */
function bsonIdText(value: object): string | null {
  switch ("_bsontype" in value ? value._bsontype : null) {
    case "ObjectId":
    case "ObjectID":
      return matching(canonicalText.objectId, call(value, "toHexString"));
    case "Binary":
    case "UUID":
      return uuidText(value);
    case "Int32":
    case "Long":
      return matching(canonicalText.integer, call(value, "toString"));
    default:
      return null;
  }
}

/** Only subtype 4 is a UUID with a defined byte order. */
function uuidText(binary: object): string | null {
  if (!("sub_type" in binary) || binary.sub_type !== 4 || call(binary, "length") !== 16) return null;
  const uuid = call(binary, "toUUID");
  return typeof uuid === "object" && uuid !== null
    ? matching(canonicalText.uuid, call(uuid, "toHexString"))
    : null;
}

/** Objects parsed from JSON can carry `_bsontype` but no methods that work: they are refused, not trusted. */
function call(target: object, method: string): unknown {
  const member: unknown = Reflect.get(target, method);
  if (typeof member !== "function") return null;
  try {
    return Reflect.apply(member, target, []);
  } catch {
    return null;
  }
}

function matching(form: RegExp, text: unknown): string | null {
  return typeof text === "string" && form.test(text) ? text : null;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isNaN(value) ? "NaN" : "not a safe integer";
  return Array.isArray(value) ? "an array" : `of type ${typeof value}`;
}
