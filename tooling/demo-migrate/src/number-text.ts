/** `612 340`: thousands apart, as the migrator writes them. */
export function numberText(n: number): string {
  return String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, " ");
}

/** `1 chat`, `612 340 chats`. */
export function countText(n: number, one: string, many = `${one}s`): string {
  return `${numberText(n)} ${n === 1 ? one : many}`;
}
