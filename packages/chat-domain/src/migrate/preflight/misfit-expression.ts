import type { Document } from "mongodb";
import type { FoldFields, FoldStrategy, UnionBy } from "../../model/fold-strategy.ts";
import { wholeValue } from "../../model/merge-model.ts";

/**
 * `way`: on the way to what folds. `value`: of a type with which nothing can be done. `documents`: in a set of plain values.
 * `plain`: in a set of documents, of which only those stay that all have.
 */
export type MisfitKind = "way" | "value" | "documents" | "plain";

const nothing = ["missing", "null", "undefined"];
const numbers = ["int", "long", "double", "decimal"];

/** A value, and what it is called. */
interface Place {
  readonly value: string;
  /** The fold of the configuration that leads here. */
  readonly path: string;
  readonly at: string;
  readonly depth: number;
}

/**
 * An expression: the first value in a document that its fold can do nothing with, as `{path, at, type, kind}`, or `null`.
 * None where every value will do.
 */
export function firstMisfit(fold: FoldFields, document: string): Document | null {
  const found = Object.entries(fold).flatMap(([path, strategy]) => {
    const place = { value: document, path, at: "", depth: 0 };
    return path === wholeValue ? ofValue(strategy, place) : ofField([path, strategy], place);
  });
  return found.length === 0 ? null : firstOf(found);
}

/** Of a field of the document at this place. */
function ofField([path, strategy]: readonly [string, FoldStrategy], place: Place): readonly Document[] {
  const timed =
    typeof strategy === "object" && "newestBy" in strategy ? waysOf(strategy.newestBy, place) : [];
  return [...waysOf(path, place), ...timed, ...ofValue(strategy, inside(place, path), path)];
}

/** What is on the way to a field has to be documents. */
function waysOf(path: string, place: Place): readonly Document[] {
  const names = path.split(".").slice(1);
  return names.map((_, index) => {
    const way = inside(
      place,
      path
        .split(".")
        .slice(0, index + 1)
        .join("."),
    );
    return typed(way, ["object"], "way");
  });
}

/** `field` is where it stands, unless it is for a value by itself. */
function ofValue(strategy: FoldStrategy, place: Place, field?: string): readonly Document[] {
  if (typeof strategy === "string") return ofPlainValue(strategy, place);
  if ("newestBy" in strategy)
    return field === undefined ? [typed(place, ["object"], "way"), ...waysOf(strategy.newestBy, place)] : [];
  if ("fold" in strategy) return [typed(place, ["object"]), ...ofFields(strategy.fold, place)];
  if ("eachKey" in strategy) {
    const of = (value: Place): readonly Document[] => ofValue(strategy.eachKey, value);
    return [typed(place, ["object"]), ...each(place, { isMap: true, of })];
  }
  if ("union" in strategy) return [typed(place, ["array"]), ...ofElements(strategy.union, place)];
  if ("recount" in strategy) return [];
  return [typed(place, ["array"]), ...("intersection" in strategy ? [documentsOnly(place)] : [])];
}

function ofPlainValue(strategy: Extract<FoldStrategy, string>, place: Place): readonly Document[] {
  if (strategy === "sum") return [typed(place, numbers)];
  return strategy === "union" || strategy === "intersection" ? [plainValues(place)] : [];
}

function ofElements({ newestBy, fold = {} }: UnionBy, place: Place): readonly Document[] {
  const of = (element: Place): readonly Document[] => [
    ...ofFields(fold, element),
    ...(newestBy === undefined ? [] : waysOf(newestBy, element)),
  ];
  return each(place, { isMap: false, of });
}

function ofFields(fold: FoldFields, place: Place): readonly Document[] {
  return Object.entries(fold).flatMap((one) => ofField(one, place));
}

/** The first of the documents of an array, or of the values of a map. */
function each(
  place: Place,
  { isMap, of }: { readonly isMap: boolean; readonly of: (one: Place) => readonly Document[] },
): readonly Document[] {
  const name = `one${place.depth}`;
  const one = {
    ...place,
    value: isMap ? `$$${name}.v` : `$$${name}`,
    at: isMap ? `${place.at}.$*` : place.at,
    depth: place.depth + 1,
  };
  const found = of(one);
  if (found.length === 0) return [];
  const { value } = place;
  const input = isMap
    ? { $cond: [{ $eq: [{ $type: value }, "object"] }, { $objectToArray: value }, []] }
    : { $filter: { input: listAt(value), as: name, cond: { $eq: [{ $type: `$$${name}` }, "object"] } } };
  return [firstOf({ $map: { input, as: name, in: firstOf(found) } })];
}

/** Of a set: plain values, or one alone. */
function plainValues({ value, path, at }: Place): Document {
  const types = {
    $concatArrays: [[{ $type: value }], { $map: { input: listAt(value), in: { $type: "$$this" } } }],
  };
  return { $cond: [{ $in: ["object", types] }, { path, at, type: "object", kind: "documents" }, null] };
}

/** Elements that are told apart by a field of theirs: a plain value has none, so it would go although all have it. */
function documentsOnly({ value, path, at }: Place): Document {
  const types = { $map: { input: listAt(value), in: { $type: "$$this" } } };
  const others = { $setDifference: [types, ["object", ...nothing]] };
  const found = { path, at, type: { $arrayElemAt: [others, 0] }, kind: "plain" };
  return { $cond: [{ $eq: [others, []] }, null, found] };
}

function listAt(value: string): Document {
  return { $cond: [{ $isArray: value }, value, []] };
}

function typed({ value, path, at }: Place, types: readonly string[], kind: MisfitKind = "value"): Document {
  return {
    $let: {
      vars: { type: { $type: value } },
      in: { $cond: [{ $in: ["$$type", [...types, ...nothing]] }, null, { path, at, type: "$$type", kind }] },
    },
  };
}

function inside(place: Place, path: string): Place {
  const at = place.at === "" ? path : `${place.at}.${path}`;
  return { ...place, value: `${place.value}.${path}`, at };
}

function firstOf(found: unknown): Document {
  const some = { $filter: { input: found, as: "found", cond: { $ne: ["$$found", null] } } };
  return { $ifNull: [{ $first: some }, null] };
}
