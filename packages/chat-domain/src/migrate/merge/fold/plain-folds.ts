import { type Exact, isSame } from "../archive/exact-values.ts";
import {
  type Contribution,
  type Folding,
  type Given,
  givenAfter,
  givenBefore,
  lastWritten,
  type Written,
} from "./contributions.ts";

/** A strategy that chooses one of several values. */
export interface PlainFold {
  combine(all: readonly Given[]): Exact;
  /** What a value becomes that others have written since. */
  refold(folding: Folding): Exact;
  /** By what it chooses, beside the value. */
  timeOf(given: Given): Exact;
  givenOf(written: Written): Given;
  /** What of a value it chooses; all of it unless given. */
  readonly chosen?: (value: Exact) => Exact;
}

/**
 * As long as nobody else has written the value, it is what its contributions make of it. From then on what was written
 * counts in place of what had been there before, so that it comes back when those go that have outdone it.
 */
export function refoldedPlain(fold: PlainFold, folding: Folding): Exact {
  const { mine, all, place } = folding;
  const base = lastWritten({ all, place });
  const own = base === undefined ? [] : [fold.givenOf(base)];
  const since = all.filter(({ memory }) => isSameWritten(memory.written(place), base));
  const coming = all.some(({ isWithdrawn }) => isWithdrawn) ? [] : all.filter(hasChanged);
  const before = [...own, ...givenBefore(since)];
  const { chosen = (value: Exact) => value } = fold;
  if (isSame(chosen(mine.value), chosen(before.length === 0 ? undefined : fold.combine(before)))) {
    if (base !== undefined) remember(coming, place, base);
    return fold.combine([
      ...own,
      ...givenAfter(all.filter((one) => since.includes(one) || coming.includes(one))),
    ]);
  }
  if (coming.length > 0) {
    remember(all, place, undefined);
    remember(coming, place, { value: mine.value, time: fold.timeOf(mine) });
  }
  return fold.refold(folding);
}

function remember(all: readonly Contribution[], place: string, written: Written | undefined): void {
  for (const { memory } of all) memory.write(place, written);
}

function hasChanged({ before, after }: Contribution): boolean {
  return after !== null && before !== after && (before === null || !isSame(before.value, after.value));
}

function isSameWritten(one: Written | undefined, other: Written | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return isSame(one.value, other.value) && isSame(one.time, other.time);
}

/** A value that stays what it is becomes the newest where the time beside it has gone on. */
export function isUnchanged({ before, after }: Contribution, plain: PlainFold | undefined): boolean {
  if (before === null || after === null || before === after) return before === after;
  return (
    isSame(before.value, after.value) &&
    (plain === undefined || isSame(plain.timeOf(before), plain.timeOf(after)))
  );
}
