import type { FoldFields } from "../../../model/fold-strategy.ts";
import { rootsOf } from "../../../model/nested-fields.ts";
import type { ExactDocument } from "../archive/exact-document.ts";
import { isDocument, isSame } from "../archive/exact-values.ts";
import { type Folding, type Given, givenAfter, givenBefore, givenDocument } from "./contributions.ts";

/**
 * A document of a map has its other fields, those that do not fold, from the first who has such a document: what nobody has
 * written there since follows that one, and goes with it.
 */
export function withBase(
  fold: FoldFields,
  document: ExactDocument,
  { all, place }: Pick<Folding, "all" | "place">,
): Given {
  const [before, after] = [givenBefore(all), givenAfter(all)].map(([first]) => first?.value);
  const isOwn = all.some(({ memory }) => memory.written(place) !== undefined);
  if (isOwn || before === after || !isDocument(before)) return givenDocument(document);
  const is: ExactDocument = isDocument(after) ? after : new Map();
  const folding = new Set(rootsOf(Object.keys(fold)));
  const changed = new Map(document);
  for (const name of new Set([...before.keys(), ...is.keys()])) {
    if (folding.has(name) || !isSame(document.get(name), before.get(name))) continue;
    if (is.has(name)) changed.set(name, is.get(name));
    else changed.delete(name);
  }
  return givenDocument(changed);
}
