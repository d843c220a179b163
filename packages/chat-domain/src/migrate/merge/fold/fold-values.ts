import type { FoldFields, FoldStrategy, UnionBy } from "../../../model/fold-strategy.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { type Exact, exactAt, isDocument, isSame, withExact } from "../archive/exact-values.ts";
import { withBase } from "./base-fields.ts";
import { isNothing } from "./compare-values.ts";
import { emptied, noteWays, withoutEmptied, withoutPaths, withWays } from "./emptied-documents.ts";
import {
  type Folding,
  type Given,
  givenAfter,
  givenBefore,
  hasWritten,
  partsOf,
  type Written,
} from "./contributions.ts";
import {
  type ElementFold,
  intersectionBy,
  refoldedIntersectionBy,
  refoldedUnionBy,
  unionBy,
} from "./element-folds.ts";
import { concatenated, isList, refoldedList } from "./list-folds.ts";
import { notingEmptied, withoutEmptyList } from "./made-empty.ts";
import { isUnchanged, type PlainFold, refoldedPlain } from "./plain-folds.ts";
import {
  extreme,
  newest,
  refoldedExtreme,
  refoldedNewest,
  refoldedTotal,
  refoldedTruth,
  total,
  truth,
} from "./scalar-folds.ts";
import { intersection, refoldedIntersection, refoldedUnion, union } from "./set-folds.ts";

/** What a field becomes when documents become one, the first of which stays. Changes nothing that would be the same. */
export function foldedValue(strategy: FoldStrategy, all: readonly Given[]): Exact {
  const values = all.map(({ value }) => value);
  if (typeof strategy === "string") return simpleFolds[strategy](values);
  if ("newestBy" in strategy) return newest(strategy.newestBy, all)?.value;
  if ("recount" in strategy) return values[0];
  if ("fold" in strategy) return foldedDocument(strategy.fold, values);
  if ("eachKey" in strategy) return foldedMap(strategy.eachKey, values);
  if ("concat" in strategy) return concatenated(values, strategy.concat.orderBy);
  if ("intersection" in strategy) return intersectionBy(strategy.intersection.by, values);
  return unionBy(strategy.union, values, elementFold(strategy.union));
}

type SimpleStrategy = Extract<FoldStrategy, string>;

const simpleFolds: Readonly<Record<SimpleStrategy, (values: readonly Exact[]) => Exact>> = {
  min: (values) => extreme("min", values),
  max: (values) => extreme("max", values),
  sum: total,
  every: (values) => truth("every", values),
  some: (values) => truth("some", values),
  union,
  intersection,
};

/** A value that says itself how new it is, or that nobody asks. */
const timeless = {
  timeOf: () => undefined,
  givenOf: ({ value }: Written): Given => ({ value, document: value }),
} as const;

const plainFolds: Readonly<Partial<Record<SimpleStrategy, PlainFold>>> = {
  min: { ...timeless, combine: combineBy("min"), refold: (folding) => refoldedExtreme("min", folding) },
  max: { ...timeless, combine: combineBy("max"), refold: (folding) => refoldedExtreme("max", folding) },
  every: { ...timeless, combine: combineBy("every"), refold: (folding) => refoldedTruth("every", folding) },
  some: { ...timeless, combine: combineBy("some"), refold: (folding) => refoldedTruth("some", folding) },
};

function combineBy(strategy: SimpleStrategy): PlainFold["combine"] {
  return (all) => foldedValue(strategy, all);
}

/** Of strategies that choose one of several values, as a whole. */
function plainFold(strategy: FoldStrategy): PlainFold | undefined {
  if (typeof strategy === "string") return plainFolds[strategy];
  return "newestBy" in strategy ? newestFold(strategy.newestBy) : undefined;
}

function newestFold(path: string): PlainFold {
  return {
    combine: (all) => newest(path, all)?.value,
    refold: (folding) => refoldedNewest(path, folding),
    timeOf: ({ document }) => exactAt(document, path),
    givenOf: ({ value, time }) => ({ value, document: withExact(new Map(), path, time) }),
  };
}

/**
 * What a field becomes when what has gone into it changes. As long as nobody else has written it, it follows from all that
 * has gone into it; otherwise each strategy takes along what it can, and leaves what others have made of it.
 */
export function refoldedValue(strategy: FoldStrategy, folding: Folding): Exact {
  const { mine, all } = folding;
  const plain = plainFold(strategy);
  if (all.every((one) => isUnchanged(one, plain))) return mine.value;
  // Whether a sum has been reset is told by what a fold has left, not by what it would be.
  if (strategy === "sum") return refoldedTotal(folding);
  if (plain !== undefined) return refoldedPlain(plain, folding);
  const before = givenBefore(all);
  const made = before.length === 0 ? undefined : foldedValue(strategy, before);
  if (before.length > 0 && !hasWritten(folding) && isSame(mine.value, made))
    return foldedValue(strategy, givenAfter(all));
  const since = notingEmptied(strategy, folding, made);
  return withoutEmptyList(refolded(strategy, since), since);
}

function refolded(strategy: FoldStrategy, folding: Folding): Exact {
  const { mine } = folding;
  if (typeof strategy === "string")
    return strategy === "union" ? refoldedUnion(folding) : refoldedIntersection(folding);
  if ("recount" in strategy || "newestBy" in strategy) return mine.value;
  if ("fold" in strategy) return refoldedInside(strategy.fold, folding);
  if ("eachKey" in strategy) return refoldedMap(strategy.eachKey, folding);
  if ("concat" in strategy)
    return isList(mine.value) ? refoldedList(folding, strategy.concat.orderBy) : mine.value;
  if ("intersection" in strategy) return refoldedIntersectionBy(strategy.intersection.by, folding);
  return refoldedUnionBy(strategy.union, folding, elementFold(strategy.union));
}

/** The first's document with its fields folded. */
export function foldedFields(fold: FoldFields, documents: readonly ExactDocument[]): ExactDocument {
  return withFolded(documents[0] ?? new Map(), fold, documents);
}

/** What is no document has none of the fields. */
function withFolded(base: ExactDocument, fold: FoldFields, values: readonly Exact[]): ExactDocument {
  return Object.entries(fold).reduce((folded, [path, strategy]) => {
    const value = foldedValue(
      strategy,
      values.map((document) => ({ value: exactAt(document, path), document })),
    );
    return isSame(value, exactAt(folded, path)) ? folded : withExact(folded, path, value);
  }, base);
}

/** A document with its fields folded anew; every contribution is of whole documents. */
export function refoldedFields(fold: FoldFields, { mine, all, place }: Folding): ExactDocument {
  const document: ExactDocument = isDocument(mine.value) ? mine.value : new Map<string, Exact>();
  const paths = Object.keys(fold);
  noteWays(paths, { mine, all, place });
  const result = Object.entries(fold).reduce((folded, [path, strategy]) => {
    const part = ({ value }: Given): Given => ({ value: exactAt(value, path), document: value });
    const folding = {
      mine: part(mine),
      all: partsOf(all, part),
      place: place === "" ? path : `${place} ${path}`,
    };
    const value = refoldedValue(strategy, folding);
    return value === folding.mine.value ? folded : withExact(folded, path, value);
  }, document);
  const [first] = givenAfter(all);
  const original = withWays(first?.value, paths, { all, place });
  return withoutEmptied(paths, { before: document, after: result, original });
}

/** Of values in a map the first that is a document; whoever has no such key has none of the fields that fold. */
function foldedDocument(fold: FoldFields, values: readonly Exact[]): Exact {
  const [first] = values;
  if (!isNothing(first) && !isDocument(first)) return first;
  const base = values.find(isDocument);
  return base === undefined ? first : withFolded(base, fold, values);
}

function refoldedInside(fold: FoldFields, { mine, all, place }: Folding): Exact {
  const parts = partsOf(all, (given) => (isDocument(given.value) ? given : null));
  if (isDocument(mine.value)) {
    staying({ mine, all: parts, place });
    return refoldedFields(fold, { mine: withBase(fold, mine.value, { all: parts, place }), all, place });
  }
  // What was deleted here stays so, until there is something new.
  const isNew = isNothing(mine.value) && parts.every(({ before }) => before === null);
  const values = givenAfter(all).map(({ value }) => value);
  return isNew && values.some(isDocument) ? foldedDocument(fold, values) : mine.value;
}

function foldedMap(strategy: FoldStrategy, values: readonly Exact[]): Exact {
  const [first, ...others] = values;
  if (!isNothing(first) && !isDocument(first)) return first;
  const keys = new Set([...keysOf(first), ...others.flatMap(keysOf)]);
  return withKeys(first, keys, (key) =>
    foldedValue(
      strategy,
      values.map((one) => keyGiven(one, key)),
    ),
  );
}

function refoldedMap(strategy: FoldStrategy, { mine, all, place }: Folding): Exact {
  if (!isNothing(mine.value) && !isDocument(mine.value)) return mine.value;
  const [first] = givenAfter(all);
  const changed = all.filter(({ before, after }) => before !== after);
  // A duplicate that has nothing for a key says something about it too: not all have it.
  const isOther = changed.some(({ before, after }) => (before === null) !== (after === null));
  const keys = new Set([
    ...changed.flatMap(({ before, after }) => [...keysOf(before?.value), ...keysOf(after?.value)]),
    ...(isOther ? keysOf(mine.value) : []),
  ]);
  const map = withKeys(mine.value, keys, (key) =>
    refoldedValue(strategy, {
      mine: keyGiven(mine.value, key),
      all: partsOf(all, ({ value }) => keyGiven(value, key)),
      place: `${place} ${key}`,
    }),
  );
  return map === mine.value ? map : emptied(map, first?.value, []);
}

function keysOf(map: Exact): readonly string[] {
  return isDocument(map) ? [...map.keys()] : [];
}

function keyGiven(map: Exact, key: string): Given {
  const value = isDocument(map) ? map.get(key) : undefined;
  return { value, document: value };
}

/** No map is made for nothing, and none is another that would be the same. */
function withKeys(map: Exact, keys: ReadonlySet<string>, valueOf: (key: string) => Exact): Exact {
  const changed = new Map(isDocument(map) ? map : []);
  let isChanged = false;
  for (const key of keys) {
    const value = valueOf(key);
    if (value === changed.get(key)) continue;
    isChanged = true;
    if (value === undefined) changed.delete(key);
    else changed.set(key, value);
  }
  return isChanged ? changed : map;
}

/** Of elements with the same key the newest, or the first; of fields that fold what all of them make of it. */
function elementFold({ newestBy, fold = {} }: UnionBy): ElementFold {
  const bare = ({ value, document }: Given): Given => ({ value: withoutFields(fold, value), document });
  return {
    combine(elements) {
      const base = newestBy === undefined ? elements[0]?.value : newest(newestBy, elements)?.value;
      const documents = elements.map(({ value }) => value).filter(isDocument);
      return withFieldsOf(fold, base, () => foldedFields(fold, documents));
    },
    refold(folding) {
      const chosen = { ...folding, mine: bare(folding.mine), all: partsOf(folding.all, bare) };
      const held = staying(folding);
      // Of its own: that it was written is no sign that it was here before the others came.
      const place = `${folding.place} `;
      const base =
        newestBy === undefined ? held : refoldedPlain(newestElement(newestBy, fold), { ...chosen, place });
      return withFieldsOf(fold, base, () => refoldedFields(fold, folding));
    },
  };
}

/** What folds by itself is no part of what is chosen, whether it is there or not. */
function newestElement(path: string, fold: FoldFields): PlainFold {
  const chosen = (value: Exact): Exact => withoutPaths(Object.keys(fold), value);
  return { ...newestFold(path), chosen };
}

/** The application's own, if nothing of the same key had come before: then it does not go with what comes now. */
function staying({ mine, all, place }: Folding): Exact {
  if (all.every(({ before }) => before === null) || all.some(({ memory }) => memory.written(place)))
    for (const { before, after, memory } of all)
      if (before === null && after !== null) memory.write(place, { value: undefined, time: undefined });
  return mine.value;
}

/** Null in their places. */
function withoutFields(fold: FoldFields, value: Exact): Exact {
  if (!isDocument(value)) return value;
  const there = Object.keys(fold).filter((path) => exactAt(value, path) !== undefined);
  return there.reduce((result, path) => withExact(result, path, null), value);
}

/** A document in which these fields are what they are in another. */
function withFieldsOf(fold: FoldFields, document: Exact, other: () => ExactDocument): Exact {
  const paths = Object.keys(fold);
  if (paths.length === 0 || !isDocument(document)) return document;
  const folded = other();
  const after = paths.reduce((result, path) => {
    const value = exactAt(folded, path);
    return isSame(value, exactAt(result, path)) ? result : withExact(result, path, value);
  }, document);
  return withoutEmptied(paths, { before: document, after, original: folded });
}
