import { ownValues } from "../driver/bson-copies.ts";
import type { NativeId } from "../identity/native-id.ts";
import type { ChatModel } from "./chat-model.ts";
import { definedFields } from "./defined-fields.ts";
import { isFieldPath } from "./field-path.ts";
import { isPlainObject } from "./plain-object.ts";
import { participantsPath } from "./participants-place.ts";

/** What the sub-document of a member holds besides their id, by the id. */
export type MemberFields = (id: string) => Readonly<Record<string, unknown>>;

const refName = "$ref";

/**
 * `member` of a call: fields for every member, or a function of the id. A function's answer is looked at when it is
 * needed, a value at once.
 *
 * @throws TypeError
 */
export function memberFields(model: ChatModel, member: unknown): MemberFields | null {
  const element = participantsPath(model)?.element ?? null;
  if (member === undefined) return element === null || !isRef(element) ? null : needsRef;
  if (element === null)
    throw new TypeError("member is for participants in sub-documents, such as members.userId");
  if (typeof member === "function") return (id) => checked(element, Reflect.apply(member, undefined, [id]));
  const fields = checked(element, member);
  return () => fields;
}

/** A member's sub-document: the id in its place among the other fields. */
export function memberDocument(
  element: string,
  native: NativeId,
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const [parent, leaf] = placeOf(element);
  // In a DBRef the collection comes first.
  if (leaf === element) return isRef(element) ? { ...fields, [leaf]: native } : { [leaf]: native, ...fields };
  const { [parent]: inner, ...others } = fields;
  return { [parent]: { ...(inner as object), [leaf]: native }, ...others };
}

function checked(element: string, fields: unknown): Readonly<Record<string, unknown>> {
  if (!isPlainObject(fields)) throw new TypeError("member is an object of plain fields, or makes one");
  for (const field of Object.keys(fields)) refuseField(element, field);
  if (isRef(element) && !namesCollection(element, fields)) needsRef();
  return definedFields(ownValues(fields));
}

function refuseField(element: string, field: string): void {
  if (field === element)
    throw new TypeError(`member.${field} is not for the caller to set: onechat writes the id there`);
  const isSettable = field === refName ? element === "$id" : isFieldPath(field) && !field.includes(".");
  if (!isSettable || field === "__proto__")
    throw new TypeError(`member["${field}"] is not a field that can be set`);
}

function namesCollection(element: string, fields: Readonly<Record<string, unknown>>): boolean {
  const [parent, leaf] = placeOf(element);
  const reference = leaf === element ? fields : fields[parent];
  return isPlainObject(reference) && typeof reference[refName] === "string" && !(leaf in reference);
}

function needsRef(): never {
  throw new TypeError(
    'new chats hold DBRefs, so member has to say of which collection, in place of the reference: { user: { $ref: "users" } }',
  );
}

function isRef(element: string): boolean {
  return element === "$id" || element.endsWith(".$id");
}

/** `userId` lies in no other field of the member, `user.$id` in `user`. */
function placeOf(element: string): readonly [parent: string, leaf: string] {
  const dot = element.lastIndexOf(".");
  return dot === -1 ? ["", element] : [element.slice(0, dot), element.slice(dot + 1)];
}
