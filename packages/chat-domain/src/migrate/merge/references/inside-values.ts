import { Double, Int32, Long } from "mongodb";
import { idText } from "../../../identity/stored-ids.ts";
import { mapOfKeys } from "../../../model/field-path.ts";
import { type ReferenceModel, wholeValue } from "../../../model/merge-model.ts";
import { bsonType } from "../archive/exact-values.ts";
import type { Contribution, Given } from "../fold/contributions.ts";
import { foldMemory } from "../fold/fold-marks.ts";
import { foldedFields, foldedValue, refoldedValue } from "../fold/fold-values.ts";
import type { Repointing } from "./pointers.ts";

/** A value as it is stored, with its fields in their order. */
export type Exact = unknown;
export type ExactMap = ReadonlyMap<string, Exact>;

/** How ids inside a field become others: one loser's, in every form in which it may be stored. */
export interface InsideMove {
  readonly repointings: readonly Repointing[];
  readonly policy: Pick<ReferenceModel, "onConflict" | "fold">;
}

/** Thrown where both ids are keys of one map and nobody has said what becomes of their values. */
export class KeysCollide extends Error {
  override readonly name = "KeysCollide";
}

/**
 * A top-level field once ids inside it have moved: elements in their places, keys in theirs. Where a policy says so, the
 * n-th element of the loser becomes one with the n-th of the survivor.
 *
 * @throws KeysCollide
 */
export function withMoves(root: Exact, field: string, moves: readonly InsideMove[]): Exact {
  return moves.reduce((value, move) => withMove(value, field, move), root);
}

function withMove(root: Exact, field: string, move: InsideMove): Exact {
  const map = mapOfKeys(field);
  const [, ...path] = (map ?? field).split(".");
  return map === null ? repointed(root, path, move) : inDocuments(root, path, (keys) => rekeyed(keys, move));
}

function repointed(value: Exact, path: readonly string[], move: InsideMove): Exact {
  if (Array.isArray(value)) {
    const elements = value.map((element: Exact) =>
      move.policy.onConflict === undefined || idAt(element, path) === undefined
        ? repointed(element, path, move)
        : element,
    );
    return move.policy.onConflict === undefined ? elements : joined(elements, path, move);
  }
  const [name, ...rest] = path;
  if (name === undefined) return target(value, move) ?? value;
  return isMap(value) && value.has(name)
    ? withField(value, name, repointed(value.get(name), rest, move))
    : value;
}

/** The id at the end of a path of documents; `undefined` where there is none. */
export function idAt(element: Exact, path: readonly string[]): Exact {
  const value = path.reduce((inner, name) => (isMap(inner) ? inner.get(name) : undefined), element);
  return Array.isArray(value) || isMap(value) ? undefined : value;
}

function joined(elements: readonly Exact[], path: readonly string[], move: InsideMove): readonly Exact[] {
  const isOf = (side: "from" | "to") => (element: Exact) =>
    move.repointings.some((repointing) => idText(repointing[side]) === idText(idAt(element, path)));
  const [losers, survivors] = [elements.filter(isOf("from")), elements.filter(isOf("to"))];
  return elements.flatMap((element) => {
    const at = survivors.indexOf(element);
    const theirs = at === -1 ? undefined : losers[at];
    if (theirs !== undefined) return [asOne(element, theirs, move.policy)];
    const place = losers.indexOf(element);
    if (place === -1) return [element];
    return place < survivors.length ? [] : [repointed(element, path, { ...move, policy: unruled })];
  });
}

const unruled: InsideMove["policy"] = { onConflict: undefined, fold: {} };

/** The survivor's, with what the policy takes of the other's. */
export function asOne(mine: Exact, theirs: Exact, { onConflict, fold }: InsideMove["policy"]): Exact {
  if (onConflict !== "fold") return mine;
  const whole = fold[wholeValue];
  if (whole !== undefined)
    return foldedValue(
      whole,
      [mine, theirs].map((value) => ({ value, document: value })),
    );
  return isMap(mine) && isMap(theirs) ? foldedFields(fold, [mine, theirs]) : mine;
}

function rekeyed(keys: ExactMap, move: InsideMove): ExactMap {
  let map = keys;
  for (const { from, to } of move.repointings) {
    const [theirs, mine] = [String(from), String(to)];
    if (!map.has(theirs)) continue;
    if (map.has(mine) && move.policy.onConflict === undefined) throw new KeysCollide();
    map = map.has(mine) ? withOneKey(map, { theirs, mine }, move) : withKeyRenamed(map, theirs, mine);
  }
  return map;
}

/** In its place among the others. */
function withKeyRenamed(map: ExactMap, from: string, to: string): ExactMap {
  return new Map([...map].map(([key, value]) => [key === from ? to : key, value]));
}

function withOneKey(
  map: ExactMap,
  { theirs, mine }: { readonly theirs: string; readonly mine: string },
  move: InsideMove,
): ExactMap {
  const folded = asOne(map.get(mine), map.get(theirs), move.policy);
  const kept = [...map].filter(([key]) => key !== theirs);
  return new Map(kept.map(([key, value]) => [key, key === mine ? folded : value]));
}

/** Changes the document at a path, through documents only. */
export function inDocuments(
  value: Exact,
  [name, ...rest]: readonly string[],
  change: (map: ExactMap) => ExactMap,
): Exact {
  if (!isMap(value)) return value;
  if (name === undefined) return change(value);
  return value.has(name) ? withField(value, name, inDocuments(value.get(name), rest, change)) : value;
}

function target(value: Exact, { repointings }: InsideMove): Exact {
  const known = targets.get(repointings) ?? new Map(repointings.map(({ from, to }) => [idText(from), to]));
  targets.set(repointings, known);
  const to = known.get(idText(value));
  return typeof to === "number" ? numberLike(value, to) : to;
}

/** As it is stored in such a place; the driver has read it as a number. */
function numberLike(value: Exact, number: number): Exact {
  if (bsonType(value) === "Double") return new Double(number);
  const isInt = bsonType(value) !== "Long" && number === (number | 0);
  return isInt ? new Int32(number) : Long.fromNumber(number);
}

/** What ids become, looked up once for each list of them. */
const targets = new WeakMap<InsideMove["repointings"], ReadonlyMap<string, Exact>>();

export function isMap(value: Exact): value is ExactMap {
  return value instanceof Map;
}

export function withField(map: ExactMap, name: string, value: Exact): ExactMap {
  return new Map([...map].map(([key, old]) => [key, key === name ? value : old]));
}

export interface PatchedBack {
  readonly original: Exact;
  readonly current: Exact;
  readonly field: string;
}

/**
 * A top-level field that somebody has changed since ids inside it moved: what came from the loser goes back to it, by
 * its content where that is the same, otherwise by how many there are. What a policy took away comes back as it was.
 */
export function patchedBack({ original, current, field }: PatchedBack, move: InsideMove): Exact {
  const reversed = {
    repointings: move.repointings.map(({ from, to }) => ({ from: to, to: from })),
    policy: unruled,
  };
  const map = mapOfKeys(field);
  const [, ...path] = (map ?? field).split(".");
  if (map !== null) return inDocuments(current, path, (keys) => keysBack(keys, mapAt(original, path), move));
  return elementsBack(original, current, { path, move, reversed });
}

export function mapAt(value: Exact, path: readonly string[]): ExactMap {
  const map = path.reduce((inner, name) => (isMap(inner) ? inner.get(name) : undefined), value);
  return isMap(map) ? map : new Map();
}

function keysBack(keys: ExactMap, original: ExactMap, { repointings, policy }: InsideMove): ExactMap {
  let map = keys;
  for (const { from, to } of repointings) {
    const [theirs, mine] = [String(from), String(to)];
    if (!original.has(theirs) || map.has(theirs)) continue;
    if (!original.has(mine)) map = withKeyRenamed(map, mine, theirs);
    else {
      const pair = { mine: original.get(mine), theirs: original.get(theirs) };
      const left = map.has(mine) ? [[mine, withoutTheirs(map.get(mine), pair, policy)] as const] : [];
      map = new Map([...map, ...left, [theirs, pair.theirs]]);
    }
  }
  return map;
}

interface Back {
  readonly path: readonly string[];
  readonly move: InsideMove;
  readonly reversed: InsideMove;
}

function elementsBack(original: Exact, current: Exact, way: Back): Exact {
  const { path, reversed } = way;
  const [name, ...rest] = path;
  if (isMap(current) && isMap(original) && name !== undefined && current.has(name))
    return withField(
      current,
      name,
      elementsBack(original.get(name), current.get(name), { ...way, path: rest }),
    );
  if (!Array.isArray(current) || !Array.isArray(original)) return current;
  const { returning, missing, pairs } = goingBack(original, current, way);
  return [
    ...(current as Exact[]).map((element) => {
      if (returning.has(element)) return repointed(element, path, reversed);
      const pair = pairs.get(element);
      return pair === undefined ? element : withoutTheirs(element, pair, way.move.policy);
    }),
    ...missing,
  ];
}

/** Elements of now that came with the loser, and those of its that the survivor's stand for. */
function goingBack(
  original: readonly Exact[],
  current: readonly Exact[],
  { path, move }: Back,
): {
  readonly returning: ReadonlySet<Exact>;
  readonly missing: readonly Exact[];
  readonly pairs: ReadonlyMap<Exact, Pair>;
} {
  const isOf = (side: "from" | "to") => (element: Exact) =>
    move.repointings.some((repointing) => idText(repointing[side]) === idText(idAt(element, path)));
  const own = original.filter(isOf("to"));
  // What is there under the loser's id has gone back already.
  const came = original.filter(isOf("from")).slice(current.filter(isOf("from")).length);
  const here = current.filter(isOf("to"));
  const returning = new Set<Exact>();
  const missing: Exact[] = [];
  for (const element of came) {
    const moved = repointed(element, path, { ...move, policy: unruled });
    const left = here.filter((other) => !returning.has(other));
    const spare = left.filter((other) => !own.some((mine) => isSame(mine, other)));
    const same = left.find((other) => isSame(other, moved));
    const found = same ?? (left.length > own.length ? spare.at(-1) : undefined);
    if (found !== undefined) returning.add(found);
    else if (move.policy.onConflict !== undefined) missing.push(element);
  }
  const stays = here.filter((other) => !returning.has(other));
  const pairs = missing.flatMap((theirs, at): readonly (readonly [Exact, Pair])[] => {
    const [now, mine] = [stays[at], own[at]];
    return now === undefined || mine === undefined ? [] : [[now, { mine, theirs }]];
  });
  return { returning, missing, pairs: new Map(pairs) };
}

/** The survivor's and the loser's, as they were before they became one. */
interface Pair {
  readonly mine: Exact;
  readonly theirs: Exact;
}

/** What the survivor's has become since, without what the loser's has given to it. */
function withoutTheirs(
  now: Exact,
  { mine, theirs }: Pair,
  { onConflict, fold }: InsideMove["policy"],
): Exact {
  if (onConflict !== "fold") return now;
  const given = (value: Exact): Given => ({ value, document: value });
  const memory = foldMemory();
  const own = given(mine);
  const all: readonly Contribution[] = [
    { before: own, after: own, memory, isWithdrawn: false },
    { before: given(theirs), after: null, memory, isWithdrawn: true },
  ];
  const whole = fold[wholeValue];
  const folding = { mine: given(now), all, place: "" };
  return whole === undefined ? refoldedValue({ fold }, folding) : refoldedValue(whole, folding);
}

function isSame(a: Exact, b: Exact): boolean {
  return idText({ a: plain(a) }) === idText({ a: plain(b) });
}

/** For comparing: maps as lists of their fields. */
function plain(value: Exact): unknown {
  if (isMap(value)) return [...value].map(([name, inner]) => [name, plain(inner)]);
  return Array.isArray(value) ? value.map(plain) : value;
}
