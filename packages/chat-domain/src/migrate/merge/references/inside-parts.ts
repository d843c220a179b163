import type { NativeId } from "../../../identity/native-id.ts";
import { idText } from "../../../identity/stored-ids.ts";
import { mapOfKeys } from "../../../model/field-path.ts";
import { type Exact, idAt, inDocuments, isMap, mapAt, withField } from "./inside-values.ts";

/** What stands for these ids inside a top-level field: elements of its array, or entries of its map. */
export function partsOf(root: Exact, field: string, forms: readonly NativeId[]): readonly Exact[] {
  const map = mapOfKeys(field);
  const [, ...path] = (map ?? field).split(".");
  if (map === null) return elementsOf(root, path, forms);
  const keys = mapAt(root, path);
  return keysOf(forms).flatMap((key) => (keys.has(key) ? [new Map([[key, keys.get(key)]])] : []));
}

function keysOf(forms: readonly NativeId[]): readonly string[] {
  return [...new Set(forms.map(String))];
}

export interface PartsChange {
  readonly forms: readonly NativeId[];
  /** The field as it is now. */
  readonly present: Exact;
  /** What the n-th of the ids' parts becomes, of what was there and what is now; what is more of them comes last. */
  readonly join: (before: Exact, now: Exact) => readonly Exact[];
}

/** A top-level field with the parts that stand for these ids in another. */
export function withParts(root: Exact, field: string, { forms, present, join }: PartsChange): Exact {
  const map = mapOfKeys(field);
  const [, ...path] = (map ?? field).split(".");
  if (map !== null)
    return inDocuments(root, path, (keys) => {
      const now = mapAt(present, path);
      const joined = keysOf(forms).map((key) => [key, join(keys.get(key), now.get(key)).at(-1)] as const);
      return new Map([...keys, ...joined.filter(([, value]) => value !== undefined)]);
    });
  const [before, now] = [root, present].map((one) => elementsOf(one, path, forms));
  const parts = Array.from({ length: Math.max(before?.length ?? 0, now?.length ?? 0) }, (_, at) =>
    join(before?.[at], now?.[at]),
  );
  const places = new Map(before?.map((element, at) => [element, parts[at]?.slice(0, 1) ?? []]));
  const added = parts.flatMap((some, at) => (at < places.size ? some.slice(1) : some));
  return inList(root, path, (list) => [
    ...list.flatMap((element) => places.get(element) ?? [element]),
    ...added,
  ]);
}

function elementsOf(root: Exact, path: readonly string[], forms: readonly NativeId[]): readonly Exact[] {
  if (Array.isArray(root)) {
    const texts = new Set(forms.map(idText));
    return root.filter((element: Exact) => texts.has(idText(idAt(element, path))));
  }
  const [name, ...rest] = path;
  return isMap(root) && name !== undefined ? elementsOf(root.get(name), rest, forms) : [];
}

/** Changes the array at a path, through documents only. */
function inList(
  value: Exact,
  path: readonly string[],
  change: (list: readonly Exact[]) => readonly Exact[],
): Exact {
  if (Array.isArray(value)) return change(value);
  const [name, ...rest] = path;
  return isMap(value) && name !== undefined && value.has(name)
    ? withField(value, name, inList(value.get(name), rest, change))
    : value;
}
