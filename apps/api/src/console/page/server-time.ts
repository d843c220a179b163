/** Milliseconds that the server says it took; `null` where something on the way took the header out. */
export function serverTime({ headers }: Response): number | null {
  const ms = /\bdur=([\d.]+)/.exec(headers.get("server-timing") ?? "")?.[1];
  return ms === undefined ? null : Number(ms);
}
