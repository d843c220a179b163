import { contentText, type Exact } from "../archive/exact-values.ts";
import { type Contribution, type Folding, type Given, givenBefore } from "./contributions.ts";

/** What marks remember of the elements of a place: what the application has written there of its own accord. */
export function ownElements({ all, place }: Pick<Folding, "all" | "place">): readonly (readonly Exact[])[] {
  return all.map(({ memory }) => remembered(memory, place));
}

/** The application's own that contributions now bring again: these remember them, so that they do not go with them. */
export function noteOwn(own: readonly Exact[], { all, place }: Pick<Folding, "all" | "place">): void {
  if (own.length === 0) return;
  for (const { before, after, memory } of all) {
    if (before === after) continue;
    const [earlier, later] = [textsOf(before), textsOf(after)];
    const isNew = (element: Exact): boolean => {
      const text = contentText(element);
      return later.has(text) && !earlier.has(text);
    };
    const brought = own.filter(isNew);
    const left = remembered(memory, place).filter((element) => !isNew(element));
    if (brought.length > 0) remember(memory, place, [...left, ...brought]);
  }
}

/** Those of the original that the application has deleted: contributions that bring one again remember it. */
export function deletedElements(
  { all, place }: Pick<Folding, "all" | "place">,
  isHeld: (element: Exact) => boolean,
): readonly Exact[] {
  const original = all[0]?.before?.value;
  const deletions = { all, place: `${place} ` };
  noteOwn(Array.isArray(original) ? original.filter((element) => !isHeld(element)) : [], deletions);
  return ownElements(deletions).flat();
}

interface TakenOut extends Pick<Folding, "all" | "place"> {
  readonly isHeld: (element: Exact) => boolean;
  readonly lacks: (given: Given) => (element: Exact) => boolean;
}

/** Those that all had, so that the application has taken them out: whoever lacks one from then on remembers it. */
export function takenOut({ all, place, isHeld, lacks }: TakenOut): readonly Exact[] {
  const deletions = { all, place: `${place} ` };
  const original = all[0]?.before?.value;
  const lacking = givenBefore(all).map(lacks);
  const missing = (Array.isArray(original) ? original : []).filter(
    (element) => !isHeld(element) && !lacking.some((lacked) => lacked(element)),
  );
  for (const { before, after, memory } of missing.length === 0 ? [] : all) {
    if (before === after || after === null) continue;
    const lost = missing.filter(lacks(after));
    if (lost.length > 0) remember(memory, deletions.place, [...remembered(memory, deletions.place), ...lost]);
  }
  return ownElements(deletions).flat();
}

interface TakenAway extends Pick<Folding, "all" | "place"> {
  /** What the application has written, and what goes now. */
  readonly taken: readonly Exact[];
  /** Whether a contribution lacks an element, and so takes it away. */
  readonly lacks: (given: Given) => (element: Exact) => boolean;
}

/** All contributions that take away what the application has written remember it. Returns what none takes away any more. */
export function noLongerTaken({ all, place, taken, lacks }: TakenAway): readonly Exact[] {
  const every = [...taken, ...ownElements({ all, place }).flat()];
  const away = [...new Map(every.map((element) => [contentText(element), element])).values()];
  const held = new Set<string>();
  for (const { before, after, memory } of away.length === 0 ? [] : all) {
    if (after === null) continue;
    const known = new Set(remembered(memory, place).map(contentText));
    const lacked = lacks(after);
    const lackedBefore = before === null ? () => false : before === after ? lacked : lacks(before);
    const lost = away.filter(
      (element) => lacked(element) && (known.has(contentText(element)) || !lackedBefore(element)),
    );
    for (const element of lost) held.add(contentText(element));
    remember(memory, place, lost);
  }
  return away.filter((element) => !held.has(contentText(element)));
}

function remembered(memory: Contribution["memory"], place: string): readonly Exact[] {
  const value = memory.written(place)?.value;
  return Array.isArray(value) ? value : [];
}

function remember(memory: Contribution["memory"], place: string, elements: readonly Exact[]): void {
  memory.write(place, elements.length === 0 ? undefined : { value: elements, time: undefined });
}

function textsOf(given: Given | null): ReadonlySet<string> {
  const value = given?.value;
  return new Set((Array.isArray(value) ? value : [value]).map(contentText));
}
