import { contentText, type Exact } from "../archive/exact-values.ts";
import { isNothing } from "./compare-values.ts";
import { type Contribution, type Folding, type Given, givenAfter, givenBefore } from "./contributions.ts";
import { deletedElements, noLongerTaken, noteOwn, ownElements, takenOut } from "./own-elements.ts";

/** What is no array is one element. */
function elementsOf(value: Exact): readonly Exact[] {
  if (Array.isArray(value)) return value;
  return isNothing(value) ? [] : [value];
}

/** The first's elements as they are, then what is new, each once. */
export function union(values: readonly Exact[]): Exact {
  const [first, ...others] = values;
  return withElements(first, [], others.flatMap(elementsOf));
}

/** What only a contribution had that has lost it goes; what the application took away stays away, and its own stays. */
export function refoldedUnion({ mine, all, place }: Folding): Exact {
  const lost = all.flatMap((one) => differenceOf(textsOf(one.before?.value), one.after?.value));
  const gained = all.flatMap(({ before, after }) => {
    const known = textsOf(before?.value);
    return elementsOf(after?.value).filter((element) => !known.has(contentText(element)));
  });
  const own = new Set(ownElements({ all, place }).flat().map(contentText));
  const given = textsIn(givenBefore(all));
  const isOwn = (text: string): boolean => own.has(text) || !given.has(text);
  noteOwn(
    elementsOf(mine.value).filter((element) => isOwn(contentText(element))),
    { all, place },
  );
  const held = textsOf(mine.value);
  const deleted = new Set(
    deletedElements({ all, place }, (element) => held.has(contentText(element))).map(contentText),
  );
  const [first, ...others] = all;
  const original = [...textsOf(first?.after?.value)].filter((text) => !deleted.has(text));
  const kept = new Set([...original, ...textsIn(givenAfter(others)), ...own]);
  return withElements(
    mine.value,
    lost.filter((text) => !kept.has(text)),
    gained,
  );
}

/** The first's elements that all others have; where it has none there is nothing to be taken away. */
export function intersection(values: readonly Exact[]): Exact {
  const [first, ...others] = values;
  const texts = others.map(textsOf);
  const gone = [...textsOf(first)].filter((text) => !texts.every((other) => other.has(text)));
  return withElements(first, gone, []);
}

/**
 * Goes what a contribution lacks that has come, or has lost; comes back what all have now, and what the application had
 * written once nobody is left who took that away.
 */
export function refoldedIntersection({ mine, all, place }: Folding): Exact {
  // What the application has deleted does not come back.
  if (isNothing(mine.value)) return mine.value;
  const gone = all.flatMap((one) => {
    if (one.after === null || one.after === one.before) return [];
    return differenceOf(
      one.before === null ? textsOf(mine.value) : textsOf(one.before.value),
      one.after.value,
    );
  });
  const own = textsOf(all[0]?.after?.value);
  const isGone = new Set(gone);
  const taken = elementsOf(mine.value).filter((element) => {
    const text = contentText(element);
    return isGone.has(text) && !own.has(text);
  });
  const lacks = ({ value }: Given) => {
    const texts = textsOf(value);
    return (element: Exact): boolean => !texts.has(contentText(element));
  };
  const held = textsOf(mine.value);
  const deleted = takenOut({ all, place, lacks, isHeld: (element) => held.has(contentText(element)) });
  const staysOut = new Set(deleted.map(contentText));
  const back = [
    ...comingBack(all).filter((element) => !staysOut.has(contentText(element))),
    ...noLongerTaken({ all, place, taken, lacks }),
  ];
  return withElements(mine.value, gone, back);
}

/** Elements of the first contribution that some lacked, and that all have now. */
function comingBack(all: readonly Contribution[]): readonly Exact[] {
  const before = all.flatMap((one) => (one.before === null ? [] : [textsOf(one.before.value)]));
  const after = all.flatMap((one) => (one.after === null ? [] : [textsOf(one.after.value)]));
  return elementsOf(all[0]?.after?.value).filter((element) => {
    const text = contentText(element);
    return !before.every((texts) => texts.has(text)) && after.every((texts) => texts.has(text));
  });
}

function textsIn(all: readonly Given[]): ReadonlySet<string> {
  return new Set(all.flatMap(({ value }) => elementsOf(value).map(contentText)));
}

function textsOf(value: Exact): ReadonlySet<string> {
  return new Set(elementsOf(value).map(contentText));
}

function differenceOf(texts: ReadonlySet<string>, value: Exact): readonly string[] {
  const others = textsOf(value);
  return [...texts].filter((text) => !others.has(text));
}

/** What would not change stays as it is stored, also where it is no array. */
function withElements(value: Exact, gone: readonly string[], added: readonly Exact[]): Exact {
  const isGone = new Set(gone);
  const elements = elementsOf(value);
  const kept = isGone.size === 0 ? elements : elements.filter((element) => !isGone.has(contentText(element)));
  const known = new Set(kept.map(contentText));
  const news = added.filter((element) => {
    const text = contentText(element);
    const isNew = !known.has(text);
    known.add(text);
    return isNew;
  });
  return news.length === 0 && kept.length === elements.length ? value : [...kept, ...news];
}
