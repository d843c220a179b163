import { permutation } from "./permutation.ts";
import { random } from "./random.ts";

/** A set of people, by their numbers, within a scope. */
export interface PeopleSet {
  readonly people: readonly number[];
  readonly scope: string | null;
}

export interface People {
  /** No two numbers give the same people within the same scope. */
  readonly setAt: (set: number) => PeopleSet;
  /** People from this number on only ever join a pair of others, which is what keeps larger sets apart. */
  readonly joinersFrom: number;
}

export interface PeopleOptions {
  readonly seed: number;
  readonly sets: number;
  readonly scopes: boolean;
}

const largestPopulation = 60_000;

export function people({ seed, sets, scopes }: PeopleOptions): People {
  const wanted = Math.max(10, Math.ceil(Math.sqrt(8 * sets)), Math.ceil(sets / 10));
  const population = Math.min(largestPopulation, wanted);
  const joiners = Math.max(20, Math.ceil(population / 10));
  const pairs = permutation((population * (population + 1)) / 2, seed);
  return {
    joinersFrom: population,
    setAt: (set) => {
      const scope = scopes ? scopeOf(set) : null;
      // The same people once more, in a scope of their own, are another set.
      const pair = scope?.twin === true ? set - 1 : set;
      const joining = joinersOf(random(seed, "people", pair), joiners).map((joiner) => population + joiner);
      return { people: [...pairAt(pairs.at(pair)), ...joining], scope: scope?.name ?? null };
    },
  };
}

function scopeOf(set: number): { readonly name: string; readonly twin: boolean } | null {
  if (set % 8 === 3) return { name: `tenant-${set % 5}`, twin: false };
  return set % 8 === 7 ? { name: `project_${set % 7}`, twin: true } : null;
}

/** Pairs in a row: 0-0, 0-1, 1-1, 0-2, … where a pair of one is the chat with oneself. */
function pairAt(index: number): readonly number[] {
  const estimate = Math.floor((Math.sqrt(8 * index + 1) - 1) / 2);
  // The root of a large number may be off by one after rounding.
  const second = estimate + (triangle(estimate + 1) <= index ? 1 : 0) - (triangle(estimate) > index ? 1 : 0);
  const first = index - triangle(second);
  return first === second ? [first] : [first, second];
}

function triangle(side: number): number {
  return (side * (side + 1)) / 2;
}

function joinersOf(draw: ReturnType<typeof random>, joiners: number): readonly number[] {
  if (!draw.chance(0.15)) return [];
  const length = 1 + draw.below(6);
  return [...new Set(Array.from({ length }, () => draw.below(joiners)))];
}
