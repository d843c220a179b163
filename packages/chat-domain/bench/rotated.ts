/** In another order for each turn. */
export function rotated<T>(values: readonly T[], by: number): readonly T[] {
  const turn = by % values.length;
  return [...values.slice(turn), ...values.slice(0, turn)];
}
