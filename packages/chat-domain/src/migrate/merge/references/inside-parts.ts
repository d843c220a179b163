import type { NativeId } from "../../../identity/native-id.ts";
import { idText } from "../../../identity/stored-ids.ts";
import { mapOfKeys } from "../../../model/field-path.ts";
import { type Exact, type ExactMap, idAt, inDocuments, isMap, mapAt, withField } from "./inside-values.ts";
import type { Repointing } from "./pointers.ts";

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
  /** The ids, and what has taken their place. */
  readonly repointings: readonly Repointing[];
  /** The field as it is now. */
  readonly present: Exact;
  /** What the n-th of the ids' parts becomes, of what was there and what is now; what is more of them comes last. */
  readonly join: (before: Exact, now: Exact) => readonly Exact[];
}

/** A top-level field with the parts that stand for these ids in another. */
export function withParts(root: Exact, field: string, change: PartsChange): Exact {
  const { repointings, present, join } = change;
  const map = mapOfKeys(field);
  const [, ...path] = (map ?? field).split(".");
  if (map !== null) return inDocuments(root, path, (keys) => withEntries(keys, mapAt(present, path), change));
  const forms = repointings.map(({ from }) => from);
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

/** A key has room for one: what had moved before stays where it had moved to, unless there was one already. */
function withEntries(keys: ExactMap, now: ExactMap, { repointings, join }: PartsChange): ExactMap {
  const entries = repointings.flatMap(({ from, to }): readonly (readonly [string, Exact])[] => {
    const [theirs, mine] = [String(from), String(to)];
    const parts = join(keys.get(theirs), now.get(theirs));
    const moved = parts.length > 1 && !keys.has(mine) ? [[mine, parts[0]] as const] : [];
    return [...moved, ...parts.slice(-1).map((part) => [theirs, part] as const)];
  });
  return new Map([...keys, ...entries]);
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
