/** In the order of the report; each has a dash of its own beside its colour, for whoever cannot tell colours apart. */
const dashes: ReadonlyMap<string, readonly number[]> = new Map([
  ["ours", []],
  ["raw", [7, 3]],
  ["mongoose", [2, 3]],
  ["naive", [8, 3, 2, 3]],
]);

const order = [...dashes.keys()];

export function inVariantOrder<T extends { readonly variant: string }>(list: readonly T[]): readonly T[] {
  return list.toSorted((a, b) => order.indexOf(a.variant) - order.indexOf(b.variant));
}

export function dashOf(variant: string): number[] {
  return [...(dashes.get(variant) ?? [])];
}
