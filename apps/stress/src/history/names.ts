/** Gives every different text a small number, so that a million operations need not each hold their texts. */
export interface Names {
  readonly list: readonly string[];
  indexOf(name: string): number;
}

export function names(): Names {
  const list: string[] = [];
  const indexes = new Map<string, number>();
  return {
    list,
    indexOf(name) {
      const known = indexes.get(name);
      if (known !== undefined) return known;
      indexes.set(name, list.length);
      return list.push(name) - 1;
    },
  };
}
