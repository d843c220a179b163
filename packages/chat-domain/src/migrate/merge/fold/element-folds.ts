import type { UnionBy } from "../../../model/fold-strategy.ts";
import { type Exact, exactAt, isDocument, isSame, keyText } from "../archive/exact-values.ts";
import { type Contribution, type Folding, type Given, hasWritten, partsOf } from "./contributions.ts";
import { isList, listOf, refoldedList, sortedBy } from "./list-folds.ts";
import { noLongerTaken, takenOut } from "./own-elements.ts";

/** How elements of the same key become one; given by whoever knows all strategies. */
export interface ElementFold {
  combine(elements: readonly Given[]): Exact;
  refold(folding: Folding): Exact;
}

/** Documents of arrays by a field of theirs; what has none of it is told apart from everything else. */
export function unionBy({ by, orderBy }: UnionBy, values: readonly Exact[], fold: ElementFold): Exact {
  const [first, ...others] = values;
  if (!isList(first)) return first;
  const keyed = values.map((value) => firstByKey(by, listOf(value)));
  const replaced = new Map<Exact, Exact>();
  const added: Exact[] = [];
  const known = new Set(keyed[0]?.keys());
  for (const elements of keyed.slice(1)) {
    for (const key of elements.keys()) {
      const all = keyed.flatMap((one) => one.get(key) ?? []);
      const combined = fold.combine(all.map(givenElement));
      const own = keyed[0]?.get(key);
      if (own !== undefined) replaced.set(own, combined);
      else if (!known.has(key)) added.push(combined);
      known.add(key);
    }
  }
  const keyless = others.flatMap((value) =>
    listOf(value).filter((element) => elementKey(by, element) === null),
  );
  return assembled(first, { orderBy, replaced, gone: new Set(), added: [...added, ...keyless] });
}

/** Key by key; what has no key by its content. */
export function refoldedUnionBy(
  { by, orderBy }: UnionBy,
  { mine, all, place }: Folding,
  fold: ElementFold,
): Exact {
  if (!isList(mine.value)) return mine.value;
  const own = firstByKey(by, listOf(mine.value));
  const [before, after] = [keyedOf(by, all, "before"), keyedOf(by, all, "after")];
  const keys = new Set(all.flatMap((one, at) => changedKeys(one, before[at], after[at])));
  const replaced = new Map<Exact, Exact>();
  const gone = new Set<Exact>();
  const added: Exact[] = [];
  for (const key of keys) {
    const parts = all.map((one, at): Contribution => ({
      ...one,
      before: elementAt(before[at], key),
      after: elementAt(after[at], key),
    }));
    const held = own.get(key);
    const value = refoldedElement(held, { parts, place: `${place} ${key}` }, fold);
    if (held === undefined) added.push(...(value === undefined ? [] : [value]));
    else if (value === undefined) gone.add(held);
    else if (value !== held) replaced.set(held, value);
  }
  const keyed = assembled(mine.value, { orderBy, replaced, gone, added });
  const keyless = { mine: givenElement(keyed), all: partsOf(all, (given) => keylessOf(by, given)), place };
  return refoldedList(keyless, orderBy);
}

interface Parts {
  readonly parts: readonly Contribution[];
  readonly place: string;
}

/** `undefined` where there is none any more, or none to come: what was deleted here stays so. */
function refoldedElement(held: Exact, { parts, place }: Parts, fold: ElementFold): Exact {
  const before = parts.flatMap((part) => part.before ?? []);
  const after = parts.flatMap((part) => part.after ?? []);
  if (held === undefined) return before.length > 0 || after.length === 0 ? undefined : fold.combine(after);
  if (before.length > 0 && !hasWritten({ all: parts, place }) && isSame(held, fold.combine(before)))
    return after.length === 0 ? undefined : fold.combine(after);
  if (after.length === 0 && isLeaving({ parts, place })) return undefined;
  return fold.refold({ mine: givenElement(held), all: parts, place });
}

/** Whatever has become of it here: what was changed goes back to where it came from, unless it was here before that came. */
function isLeaving({ parts, place }: Parts): boolean {
  return parts.every(
    ({ before, memory, isWithdrawn }) =>
      (before === null || isWithdrawn) && memory.written(place) === undefined,
  );
}

/** The first's elements whose keys all others have. */
export function intersectionBy(by: string, values: readonly Exact[]): Exact {
  const [first, ...others] = values;
  const keyed = others.map((value) => firstByKey(by, listOf(value)));
  const isCommon = (element: Exact): boolean => {
    const key = elementKey(by, element);
    return key !== null && keyed.every((elements) => elements.has(key));
  };
  const kept = listOf(first).filter(isCommon);
  return !Array.isArray(first) || kept.length === first.length || others.length === 0 ? first : kept;
}

/**
 * Goes what a contribution lacks that has come, or has lost; comes back what all have now, and what the application had
 * written once nobody is left who took that away.
 */
export function refoldedIntersectionBy(by: string, { mine, all, place }: Folding): Exact {
  if (!Array.isArray(mine.value)) return mine.value;
  const [before, after] = [keyedOf(by, all, "before"), keyedOf(by, all, "after")];
  const own = listOf(mine.value);
  const isGone = (key: string | null): boolean =>
    all.some((one, at) => {
      if (one.after === null || one.after === one.before) return false;
      if (key === null) return one.before === null;
      return (one.before === null || before[at]?.has(key) === true) && after[at]?.has(key) !== true;
    });
  const original = listOf(all[0]?.after?.value);
  const isOriginal = (element: Exact): boolean => original.some((other) => isSame(other, element));
  const kept = own.filter((element) => !isGone(elementKey(by, element)));
  const taken = own.filter((element) => isGone(elementKey(by, element)) && !isOriginal(element));
  const lacks = ({ value }: Given) => {
    const keys = firstByKey(by, listOf(value));
    return (element: Exact): boolean => !keys.has(elementKey(by, element) ?? "");
  };
  const ownKeys = firstByKey(by, own);
  const isHeld = (element: Exact): boolean => ownKeys.has(elementKey(by, element) ?? "");
  const deleted = firstByKey(by, takenOut({ all, place, lacks, isHeld }));
  const isKept = (element: Exact): boolean => kept.some((other) => isSame(other, element));
  const written = noLongerTaken({ all, place, taken, lacks }).filter((element) => !isKept(element));
  const held = new Set([...kept, ...written].map((element) => elementKey(by, element)));
  const left = after.filter((_, at) => (all[at]?.after ?? null) !== null);
  const earlier = before.filter((_, at) => (all[at]?.before ?? null) !== null);
  const wasCommon = (key: string | null): boolean => isInAll(key, earlier);
  const back = original.filter((element) => {
    const key = elementKey(by, element);
    const isThere = key === null ? isKept(element) : held.has(key) || deleted.has(key);
    return !isThere && !wasCommon(key) && isInAll(key, left);
  });
  const isChanged = back.length > 0 || written.length > 0 || kept.length !== own.length;
  return isChanged ? [...kept, ...back, ...written] : mine.value;
}

/** What has no key is like nothing of any other. */
function isInAll(key: string | null, all: readonly Keyed[]): boolean {
  return key === null ? all.length < 2 : all.every((elements) => elements.has(key));
}

interface Changes {
  readonly orderBy: string | undefined;
  readonly replaced: ReadonlyMap<Exact, Exact>;
  readonly gone: ReadonlySet<Exact>;
  readonly added: readonly Exact[];
}

function assembled(value: Exact, { orderBy, replaced, gone, added }: Changes): Exact {
  const own = listOf(value);
  const isChanged = [...replaced].some(([from, to]) => from !== to);
  if (!isChanged && gone.size === 0 && added.length === 0) return value;
  const kept = own.flatMap((element) => (gone.has(element) ? [] : [replaced.get(element) ?? element]));
  const all = [...kept, ...added];
  return isChanged || added.length > 0 ? sortedBy(orderBy, all) : all;
}

type Keyed = ReadonlyMap<string, Exact>;

/** Of several with the same key the first. */
function firstByKey(by: string, elements: readonly Exact[]): Keyed {
  const keyed = new Map<string, Exact>();
  for (const element of elements) {
    const key = elementKey(by, element);
    if (key !== null && !keyed.has(key)) keyed.set(key, element);
  }
  return keyed;
}

function elementKey(by: string, element: Exact): string | null {
  return isDocument(element) ? keyText(exactAt(element, by)) : null;
}

/** What has not changed is looked at once. */
function keyedOf(by: string, all: readonly Contribution[], side: "before" | "after"): readonly Keyed[] {
  const known = new Map<Given | null, Keyed>();
  return all.map((one) => {
    const given = one[side];
    const keyed = known.get(given) ?? firstByKey(by, listOf(given?.value));
    known.set(given, keyed);
    return keyed;
  });
}

function changedKeys({ before, after }: Contribution, earlier: Keyed = new Map(), later: Keyed = new Map()) {
  if (before === after) return [];
  return [...new Set([...earlier.keys(), ...later.keys()])].filter(
    (key) => !earlier.has(key) || !later.has(key) || !isSame(earlier.get(key), later.get(key)),
  );
}

/** The same element is the same part, so that what has not changed is seen at a glance. */
function elementAt(keyed: Keyed | undefined, key: string): Given | null {
  const element = keyed?.get(key);
  return element === undefined ? null : givenElement(element);
}

function givenElement(element: Exact): Given {
  return { value: element, document: element };
}

function keylessOf(by: string, { value }: Given): Given {
  const elements = listOf(value).filter((element) => elementKey(by, element) === null);
  return { value: elements, document: elements };
}
