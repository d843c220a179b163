/** Whether lists and objects stand inside one another deeper than `depth`. Never recurses further than that. */
export function isNestedDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isNestedDeeperThan(inner, depth - 1));
}
