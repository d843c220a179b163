import { BSON } from "mongodb";
import { nativeForms, type NativeId } from "./native-id.ts";
import { participantIdOrNull } from "./participant-id.ts";

/**
 * A text that is equal for equal ids of the same type, to find documents by in memory. Numbers are told apart by their
 * value alone, as the server does, also those of 64 bits that JSON would round.
 */
export function idText(id: unknown): string {
  if (typeof id === "string") return `s${id}`;
  // Recognised by its name, not by its class: an application may bring its own copy of the driver.
  const type: unknown = typeof id === "object" && id !== null ? Reflect.get(id, "_bsontype") : null;
  if (type === "ObjectId") return `o${String(id)}`;
  return type === "Long" ? String(id) : BSON.EJSON.stringify(id);
}

/** Values by id. */
export interface IdMap<T> {
  get(id: NativeId): T | undefined;
  has(id: NativeId): boolean;
}

export function idMap<T>(entries: Iterable<readonly [NativeId, T, ...unknown[]]>): IdMap<T> {
  const map = new Map<string, T>();
  for (const [id, value] of entries) map.set(idText(id), value);
  return { get: (id) => map.get(idText(id)), has: (id) => map.has(idText(id)) };
}

/** The values in groups that have the same id, in order of first appearance. */
export function groupedById<T>(
  values: readonly T[],
  idOf: (value: T) => NativeId,
): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const text = idText(idOf(value));
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [value]);
    else group.push(value);
  }
  return [...groups.values()];
}

/** A field may hold a chat's id as it is, or as its text: an ObjectId as 24 hex digits. */
export type ScalarForm = "native" | "text";

/** Every value by which something may refer to this chat. */
export function formsOf(id: NativeId): readonly NativeId[] {
  const text = participantIdOrNull(id);
  return text === null ? [id] : [id, ...nativeForms(text).filter((form) => idText(form) !== idText(id))];
}

export function inForm(id: NativeId, form: ScalarForm): NativeId {
  return form === "native" ? id : (participantIdOrNull(id) ?? id);
}

/** Ids to be looked up. */
export type IdSet = Pick<IdMap<unknown>, "has">;

export function idSet(ids: readonly NativeId[]): IdSet {
  return idMap(ids.map((id) => [id, true] as const));
}
