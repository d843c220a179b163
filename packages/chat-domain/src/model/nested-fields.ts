import type { Document } from "mongodb";
import { rootOf } from "./stored-document.ts";

/** An aggregation expression. */
export type Expression = Readonly<Document> | string;

/**
 * The value at a path of nested documents; missing behind anything that is no document. `base` is where the document is
 * found: `$`, `$$new.document.`.
 */
export function fieldAt(base: string, path: string): Expression {
  const dot = path.lastIndexOf(".");
  if (dot === -1) return `${base}${path}`;
  const parents = prefixesOf(path.slice(0, dot)).map((prefix) => isDocument(`${base}${prefix}`));
  return { $cond: [{ $and: parents }, `${base}${path}`, "$$REMOVE"] };
}

/** The path, and those of what it lies in. */
export function prefixesOf(path: string): readonly string[] {
  const names = path.split(".");
  return names.map((_, index) => names.slice(0, index + 1).join("."));
}

function isDocument(value: string): Expression {
  return { $eq: [{ $type: value }, "object"] };
}

/** A value for a path. */
export type PathValue = readonly [path: string, value: Expression];

/** The names of the top-level fields that these paths begin with. */
export function rootsOf(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.map(rootOf))];
}

/**
 * A top-level field once values are put into it: nothing is written through an array or a scalar, a missing value
 * changes nothing, and no document is made for one. Null says no more than absence.
 *
 * @param root where the field is found: `$last`
 */
export function fieldWith(root: string, name: string, values: readonly PathValue[]): Expression {
  const inside = values.filter(([path]) => rootOf(path) === name);
  const whole = inside.find(([path]) => path === name);
  if (whole !== undefined) return whole[1];
  return documentWith(
    root,
    inside.map(([path, value]) => [path.slice(name.length + 1), value] as const),
  );
}

/** A document once values are put into it; see {@link fieldWith}. */
function documentWith(base: string, values: readonly PathValue[]): Expression {
  const names = rootsOf(values.map(([path]) => path));
  const changed = Object.fromEntries(names.map((name) => [name, fieldWith(`${base}.${name}`, name, values)]));
  const isOpen = { $in: [{ $type: base }, ["object", "missing", "null"]] };
  const isEmpty = { $and: [{ $ne: [{ $type: base }, "object"] }, { $eq: ["$$changed", {}] }] };
  // A base that is null, or missing, is passed over.
  const merged = { $mergeObjects: [base, "$$changed"] };
  return {
    $cond: [isOpen, { $let: { vars: { changed }, in: { $cond: [isEmpty, base, merged] } } }, base],
  };
}
