/** Another order for each turn, and every second one backwards: else each would always come after the same one. */
export function rotated<T>(values: readonly T[], by: number): readonly T[] {
  const turn = Math.floor(by / 2) % values.length;
  const order = [...values.slice(turn), ...values.slice(0, turn)];
  return by % 2 === 0 ? order : order.toReversed();
}
