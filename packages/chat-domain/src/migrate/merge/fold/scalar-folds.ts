import { Int32 } from "mongodb";
import { type Exact, exactAt, isSame } from "../archive/exact-values.ts";
import { compareValues, isNothing } from "./compare-values.ts";
import {
  type Contribution,
  type Folding,
  type FoldMemory,
  type Given,
  givenAfter,
  givenBefore,
  lastWritten,
  type Written,
} from "./contributions.ts";
import { sinceEmptied } from "./made-empty.ts";
import { compareNumbers, isNegative, isNumber, negated, sumOf } from "./numbers.ts";

export function extreme(which: "min" | "max", values: readonly Exact[]): Exact {
  const sign = which === "max" ? 1 : -1;
  return values.reduce((best, value) => {
    if (isNothing(value)) return best;
    return isNothing(best) || sign * compareValues(value, best) > 0 ? value : best;
  }, values[0]);
}

/** What has come or changed takes part; what has been taken away cannot be taken out of what others have written. */
export function refoldedExtreme(which: "min" | "max", { mine, all }: Folding): Exact {
  return extreme(which, [mine.value, ...changes(all).map(({ value }) => value)]);
}

/** Absence counts as false. */
export function truth(which: "every" | "some", values: readonly Exact[]): Exact {
  const [mine] = values;
  if (which === "some") return mine !== true && values.includes(true) ? true : mine;
  return mine === true && !values.every((value) => value === true) ? false : mine;
}

export function refoldedTruth(which: "every" | "some", { mine, all }: Folding): Exact {
  return truth(which, [mine.value, ...changes(all).map(({ value }) => value)]);
}

/** What is no number adds nothing. */
export function total([mine, ...others]: readonly Exact[]): Exact {
  const added = others.filter(isNumber);
  if (added.length === 0 || (!isNumber(mine) && !isNothing(mine))) return mine;
  return sumOf(isNumber(mine) ? [mine, ...added] : added);
}

/**
 * Gains are added. A loss is taken only while the sum still is what the fold of that contribution left: otherwise it has
 * been reset meanwhile. What is taken away is subtracted. A counter that was reset does not go below zero.
 */
export function refoldedTotal(folding: Folding): Exact {
  const { mine, all, place } = sinceEmptied(folding);
  const { value: held } = mine;
  if (!isNothing(held) && !isNumber(held)) return held;
  const isLast = all.some(({ memory }) => !isNothing(held) && isSame(memory.left(place), held));
  const known = { held, place, before: total(valuesOf(givenBefore(all))), isLast };
  const own = ownPart(known, all);
  const deltas = all.map((one) => (isIdle(one, held) ? null : deltaOf(one, known)));
  const value = isUntouched(known, all) ? totalOf(all, own?.value) : sumWith(deltas, { ...known, own }, all);
  all.forEach(({ memory, before, after }, at) => {
    const isTaken = deltas[at] !== null || before === null;
    if (isNumber(after?.value) && (isTaken || isLeft(memory, known))) memory.leave(place, value);
  });
  return value;
}

/**
 * What the application itself had made where nothing had gone in, had brought below zero, or had deleted, before
 * contributions came or grew: these remember it, as a zero, or null, does not show in a sum, nor a negative part in one
 * that is positive again.
 */
function ownPart(known: Held, all: readonly Contribution[]): Written | undefined {
  const { held, place } = known;
  const own = isMade(known) ? { value: held, time: undefined } : lastWritten({ all, place });
  const coming = all.filter(({ before, after }) => before !== after && isNumber(after?.value));
  if (own !== undefined) for (const { memory } of coming) memory.write(place, own);
  return own;
}

function isMade({ held, before, isLast }: Held): boolean {
  if (isLast || isSame(held, before)) return false;
  return isNothing(held) || isNothing(before) || !isPositive(held);
}

/** Nothing can be taken out of what the application has deleted. */
function isIdle({ before, after, isWithdrawn }: Contribution, held: Exact): boolean {
  return before === after || (isWithdrawn && isNothing(held));
}

function totalOf(all: readonly Contribution[], own: Exact): Exact {
  const sum = total(valuesOf(givenAfter(all)));
  const isNeutral = own === null || isZero(own);
  return isNothing(sum) && isNeutral ? own : sum;
}

/** As the folds have left it, of all contributions that change. */
function isUntouched(known: Held, all: readonly Contribution[]): boolean {
  const isAllLeft = all.every(
    ({ before, after, memory, isWithdrawn }) =>
      before === null || isWithdrawn || isSame(before.value, after?.value) || isLeft(memory, known),
  );
  return isAllLeft && isSame(known.held, known.before);
}

/** A fold that has put a whole map or array together remembers none of its sums: each was what all had given. */
function isLeft(memory: FoldMemory, { held, place, before }: Held): boolean {
  return isSame(memory.left(place) ?? before, held);
}

function valuesOf(all: readonly Given[]): readonly Exact[] {
  return all.map(({ value }) => value);
}

interface Parts extends Held {
  readonly own: Written | undefined;
}

function sumWith(deltas: readonly Exact[], parts: Parts, all: readonly Contribution[]): Exact {
  const { held, own, isLast } = parts;
  const moved = deltas.filter((delta) => delta !== null);
  if (moved.length === 0) return held;
  const sum = sumOf(isNumber(held) ? [held, ...moved] : moved);
  const left = isNegative(sum) && isCounter([held, own?.value], all) ? sumOf([sum, negated(sum)]) : sum;
  return isLast && isZero(left) && isDeleted(own, all) ? own?.value : left;
}

/** Nobody gives anything any more to what the application had deleted. */
function isDeleted(own: Written | undefined, all: readonly Contribution[]): boolean {
  return own !== undefined && isNothing(own.value) && isNothing(total(valuesOf(givenAfter(all))));
}

function isZero(value: Exact): boolean {
  return isNumber(value) && compareNumbers(value, zero) === 0;
}

function isPositive(value: Exact): boolean {
  return isNumber(value) && compareNumbers(value, zero) > 0;
}

function isCounter(parts: readonly Exact[], all: readonly Contribution[]): boolean {
  const numbers = [...parts, ...all.flatMap(({ before, after }) => [before?.value, after?.value])].filter(
    isNumber,
  );
  return !numbers.some(isNegative);
}

interface Held {
  readonly held: Exact;
  readonly place: string;
  /** What everything that had gone in made together. */
  readonly before: Exact;
  /** Whether it still is what a fold has left. */
  readonly isLast: boolean;
}

const zero = new Int32(0);

/** `null` where there is nothing to be added. */
function deltaOf({ before, after, memory, isWithdrawn }: Contribution, known: Held): Exact {
  const [from, to] = [before?.value, after?.value].map((value) => (isNumber(value) ? value : null));
  if (isNothing(from)) return to ?? null;
  const delta = isNothing(to) ? negated(from) : sumOf([to, negated(from)]);
  if (compareNumbers(delta, zero) === 0) return null;
  return isNegative(delta) && !isWithdrawn && !isLeft(memory, known) ? null : delta;
}

/** Null and absence never beat a value; of equally new ones the first stays. */
export function newest(path: string, all: readonly Given[]): Given | undefined {
  return all.reduce<Given | undefined>((best, one) => {
    if (best === undefined || isNothing(one.value)) return best ?? one;
    return isNothing(best.value) || compareValues(timeOf(path, one), timeOf(path, best)) > 0 ? one : best;
  }, undefined);
}

/** A value that came from a contribution is as new as it was there, whatever the time beside it says now. */
export function refoldedNewest(path: string, { mine, all }: Folding): Exact {
  const source = all.flatMap(({ before }) => before ?? []).find(({ value }) => isSame(value, mine.value));
  const document = source?.document ?? mine.document;
  return newest(path, [{ value: mine.value, document }, ...changes(all)])?.value;
}

function timeOf(path: string, { document }: Given): Exact {
  return exactAt(document, path);
}

/** What has come, or is not what it was. */
function changes(all: readonly Contribution[]): readonly Given[] {
  return all.flatMap(({ before, after }) =>
    after === null || after === before || (before !== null && isSame(before.value, after.value))
      ? []
      : [after],
  );
}
