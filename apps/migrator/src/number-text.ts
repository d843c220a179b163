/** `612 340`: thousands apart, the same in every locale. */
export function numberText(n: number): string {
  return String(Math.round(n)).replaceAll(/\B(?=(?:\d{3})+$)/g, " ");
}

/** `1 chat`, `612 340 chats`. */
export function countText(n: number, one: string, many = `${one}s`): string {
  return `${numberText(n)} ${n === 1 ? one : many}`;
}
