/** Gives every different text a small number, so that a million operations need not each hold their texts. */
export interface Names {
  readonly list: readonly string[];
  readonly indexOf: (name: string) => number;
}

/** `known` have their places as numbers. */
export function names(known: readonly string[] = []): Names {
  const list = [...known];
  const indexes = new Map(list.map((name, index) => [name, index]));
  return {
    list,
    indexOf(name) {
      const index = indexes.get(name);
      if (index !== undefined) return index;
      indexes.set(name, list.length);
      return list.push(name) - 1;
    },
  };
}
