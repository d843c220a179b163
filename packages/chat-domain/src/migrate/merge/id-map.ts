import { BSON } from "mongodb";
import type { NativeId } from "../../native-id.ts";

/** A text that is equal for equal ids of the same type, to find documents by in memory. */
export function idText(id: unknown): string {
  return typeof id === "string" ? `s${id}` : BSON.EJSON.stringify(id);
}

/** Values by id. */
export interface IdMap<T> {
  get(id: NativeId): T | undefined;
  has(id: NativeId): boolean;
}

export function idMap<T>(entries: Iterable<readonly [NativeId, T]>): IdMap<T> {
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
