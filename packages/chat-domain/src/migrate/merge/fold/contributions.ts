import type { Exact } from "../archive/exact-values.ts";

/** What one chat or row gives to a place. */
export interface Given {
  readonly value: Exact;
  /** Where a path of `newestBy` begins. */
  readonly document: Exact;
}

/** What one chat or row has given to a place, and what it gives now; `null` where it has no part in it. */
export interface Contribution {
  readonly before: Given | null;
  readonly after: Given | null;
  readonly memory: FoldMemory;
  /** Whether it is taken out as a whole. */
  readonly isWithdrawn: boolean;
}

/** What the folds of a contribution remember, by place. */
export interface FoldMemory {
  /** What the last one left of a sum. */
  left(place: string): Exact;
  leave(place: string, value: Exact): void;
  /** What the application had written of its own accord before the contribution was folded. */
  written(place: string): Written | undefined;
  write(place: string, written: Written | undefined): void;
  /** Whether there is such a thing at the place, or at one inside. */
  hasWrittenIn(place: string): boolean;
}

/** A value, and how new it was where that decides. */
export interface Written {
  readonly value: Exact;
  readonly time: Exact;
}

/** A place that folds: what it holds now, and everything that has gone into it. The first contribution is its own. */
export interface Folding {
  readonly mine: Given;
  readonly all: readonly Contribution[];
  /** Its name among the places of one document. */
  readonly place: string;
}

export function givenBefore(all: readonly Contribution[]): readonly Given[] {
  return all.flatMap(({ before }) => before ?? []);
}

export function givenAfter(all: readonly Contribution[]): readonly Given[] {
  return all.flatMap(({ after }) => after ?? []);
}

/** Whether something in the place was written by the application before others were folded into it. */
export function hasWritten({ all, place }: Pick<Folding, "all" | "place">): boolean {
  return all.some(({ memory }) => memory.hasWrittenIn(place));
}

/** What the application had written in the place itself before the last that knows of it came. */
export function lastWritten({ all, place }: Pick<Folding, "all" | "place">): Written | undefined {
  return all.flatMap(({ memory }) => memory.written(place) ?? []).at(-1);
}

/** The same contributions, each with a part of what it gives. */
export function partsOf(
  all: readonly Contribution[],
  part: (given: Given) => Given | null,
): readonly Contribution[] {
  return all.map((one) => {
    const before = one.before === null ? null : part(one.before);
    return {
      ...one,
      before,
      after: one.after === one.before ? before : one.after === null ? null : part(one.after),
    };
  });
}

/** A document as a whole. */
export function givenDocument(document: Exact): Given {
  return { value: document, document };
}
