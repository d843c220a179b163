import type { FoldStrategy } from "../../../model/fold-strategy.ts";
import { type Exact, isDocument, isSame } from "../archive/exact-values.ts";
import { isNothing } from "./compare-values.ts";
import { type Folding, givenAfter, lastWritten } from "./contributions.ts";

/**
 * What the application has deleted, or made empty, where what had gone in made something else: what comes remembers it, so
 * that it does not become again what had been there before.
 */
export function notingEmptied(strategy: FoldStrategy, folding: Folding, made: Exact): Folding {
  if (!isAdding(strategy)) return folding;
  const { mine, all, place } = folding;
  const coming = isEmpty(mine.value) && !isSame(mine.value, made) ? all : [];
  for (const { before, after, memory } of coming)
    if (before !== after && memory.written(place) === undefined)
      memory.write(place, { value: mine.value, time: undefined });
  return sinceEmptied(folding);
}

/** Such a fold leaves nothing out: what is not there has been deleted. */
function isAdding(strategy: FoldStrategy): boolean {
  if (typeof strategy === "string") return strategy === "union";
  return "union" in strategy || "concat" in strategy || "eachKey" in strategy;
}

/** What the application has deleted, or made empty, counts in place of what had been there before. */
export function sinceEmptied(folding: Folding): Folding {
  const [own, ...others] = folding.all;
  const written = lastWritten(folding);
  if (own === undefined || written === undefined || !isEmpty(written.value)) return folding;
  const given = { value: written.value, document: written.value };
  return { ...folding, all: [{ ...own, before: given, after: given }, ...others] };
}

/** A list that folds have made of nothing goes with the last that they have put there. */
export function withoutEmptyList(value: Exact, folding: Folding): Exact {
  if (!Array.isArray(value) || value.length > 0 || value === folding.mine.value) return value;
  const [first] = givenAfter(folding.all);
  const isOurs = isNothing(first?.value) && isEmpty(lastWritten(folding)?.value);
  return isOurs ? first?.value : value;
}

function isEmpty(value: Exact): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isDocument(value) ? value.size === 0 : isNothing(value);
}
