import { contentText, type Exact, exactAt, isDocument, keyText } from "../archive/exact-values.ts";
import { compareValues, isNothing } from "./compare-values.ts";
import { type Folding, type Given, givenAfter, givenBefore } from "./contributions.ts";
import { deletedElements, noteOwn, ownElements } from "./own-elements.ts";

export function listOf(value: Exact): readonly Exact[] {
  return Array.isArray(value) ? value : [];
}

/** What is neither an array nor nothing is left alone. */
export function isList(value: Exact): boolean {
  return Array.isArray(value) || isNothing(value);
}

/** All elements, equal ones too. */
export function concatenated(values: readonly Exact[], orderBy: string | undefined): Exact {
  const [first, ...others] = values;
  const added = others.flatMap(listOf);
  return !isList(first) || added.length === 0 ? first : sortedBy(orderBy, [...listOf(first), ...added]);
}

/** Stable; what has no time stays behind what it stands behind. */
export function sortedBy(orderBy: string | undefined, elements: readonly Exact[]): readonly Exact[] {
  if (orderBy === undefined) return elements;
  let last: Exact;
  const timed = elements.map((element) => {
    const time = exactAt(element, orderBy);
    if (!isNothing(time)) last = time;
    return { element, time: last };
  });
  return timed.toSorted((a, b) => compareValues(a.time, b.time)).map(({ element }) => element);
}

/**
 * A list of elements that are told apart by their content alone. What a contribution has gained is added, what it has
 * lost is taken away while it is there; an element whose `_id` says that it is the same follows its changes.
 */
export function refoldedList({ mine, all, place }: Folding, orderBy: string | undefined): Exact {
  const { value } = mine;
  const changed = all.filter(({ before, after }) => before !== after);
  const changes = changed.map((one) => ({
    ...one,
    ...listChange(listOf(one.before?.value), listOf(one.after?.value)),
  }));
  if (!isList(value) || changes.every(({ gone, added }) => gone.length + added.length === 0)) return value;
  const own = ownElements({ all, place });
  if (changes.some((change) => change.added.length > 0))
    noteOwn(without(listOf(value), elementsOf(givenBefore(all))), { all, place });
  const held = new Set(listOf(value).map(contentText));
  const deleted = deletedElements({ all, place }, (element) => held.has(contentText(element)));
  const [first, ...others] = all;
  const original = without(listOf(first?.after?.value), deleted);
  const kept = countsOf([...original, ...elementsOf(givenAfter(others)), ...mostOf(own)]);
  let list = listOf(value);
  const added: Exact[] = [];
  for (const { gone, added: news, isWithdrawn } of changes) {
    const edited = new Map(news.flatMap((element) => idEntry(element)));
    const taken = takenOut(list, gone, { edited, kept, isWithdrawn });
    list = taken.list;
    added.push(...news.filter((element) => !taken.used.has(element)));
  }
  return added.length === 0 &&
    list.length === listOf(value).length &&
    list.every((one, at) => one === listOf(value)[at])
    ? value
    : sortedBy(orderBy, [...list, ...added]);
}

function elementsOf(all: readonly Given[]): readonly Exact[] {
  return all.flatMap(({ value }) => listOf(value));
}

/** Of equal elements as many as one of the lists has. */
function mostOf(lists: readonly (readonly Exact[])[]): readonly Exact[] {
  const most: Exact[] = [];
  for (const list of lists) most.push(...without(list, most));
  return most;
}

interface ListChange {
  readonly gone: readonly Exact[];
  readonly added: readonly Exact[];
}

function listChange(before: readonly Exact[], after: readonly Exact[]): ListChange {
  return { gone: without(before, after), added: without(after, before) };
}

/** As often as it is there. */
function without(elements: readonly Exact[], others: readonly Exact[]): readonly Exact[] {
  const left = countsOf(others);
  return elements.filter((element) => {
    const text = contentText(element);
    const count = left.get(text) ?? 0;
    if (count > 0) left.set(text, count - 1);
    return count === 0;
  });
}

function countsOf(elements: readonly Exact[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const element of elements) {
    const text = contentText(element);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

interface TakingOut {
  /** What elements with these ids have become. */
  readonly edited: ReadonlyMap<string, Exact>;
  /** How many equal ones belong to others. */
  readonly kept: ReadonlyMap<string, number>;
  readonly isWithdrawn: boolean;
}

/** The last of equal elements goes, or is replaced. One that is not there any more, changed or deleted, stays as it is here. */
function takenOut(list: readonly Exact[], gone: readonly Exact[], { edited, kept, isWithdrawn }: TakingOut) {
  const { places, ids } = placesIn(list);
  const next = new Map<number, Exact>();
  const used = new Set<Exact>();
  for (const element of gone) {
    const text = contentText(element);
    const [id = ""] = idEntry(element)[0] ?? [];
    const same = places.get(text) ?? [];
    const isSpare = same.length > (kept.get(text) ?? 0);
    const at = isSpare ? same.pop() : isWithdrawn ? ids.get(id) : undefined;
    if (at !== undefined) next.set(at, edited.get(id));
    used.add(edited.get(id));
  }
  const taken = list.flatMap((element, at) => (next.has(at) ? (next.get(at) ?? []) : [element]));
  return { list: next.size === 0 ? list : taken, used };
}

function placesIn(list: readonly Exact[]) {
  const places = new Map<string, number[]>();
  const ids = new Map<string, number>();
  list.forEach((element, at) => {
    const text = contentText(element);
    const same = places.get(text);
    if (same === undefined) places.set(text, [at]);
    else same.push(at);
    for (const [id] of idEntry(element)) ids.set(id, at);
  });
  return { places, ids };
}

function idEntry(element: Exact): readonly (readonly [string, Exact])[] {
  const id = isDocument(element) ? keyText(element.get("_id")) : null;
  return id === null ? [] : [[id, element]];
}
