import { type Exact, isDocument } from "../archive/exact-values.ts";
import { isNothing } from "./compare-values.ts";
import { type Folding, givenAfter, isWrittenAt } from "./contributions.ts";

/**
 * An empty list or map that the application has made where what had gone in made nothing: what comes remembers it, so that
 * it does not go with that.
 */
export function noteEmpty({ mine: { value }, all, place }: Folding, made: Exact): void {
  const isEmpty = Array.isArray(value) ? value.length === 0 : isDocument(value) && value.size === 0;
  if (!isEmpty || !isNothing(made)) return;
  for (const { before, after, memory } of all)
    if (before !== after && memory.written(place) === undefined)
      memory.write(place, { value, time: undefined });
}

/** A list that folds have made of nothing goes with the last that they have put there. */
export function withoutEmptyList(value: Exact, { mine, all, place }: Folding): Exact {
  if (!Array.isArray(value) || value.length > 0 || value === mine.value) return value;
  const [first] = givenAfter(all);
  return isNothing(first?.value) && !isWrittenAt({ all, place }) ? first?.value : value;
}
