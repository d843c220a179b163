import { group } from "d3-array";

/** Values of one name, the first of which stands for all. */
export interface Alike<T> {
  readonly first: T;
  readonly all: readonly T[];
}

/** In the order in which the names come up. */
export function alike<T>(values: Iterable<T>, nameOf: (value: T) => string): readonly Alike<T>[] {
  return [...group(values, nameOf).values()].flatMap((all) =>
    all.slice(0, 1).map((first) => ({ first, all })),
  );
}
