/** By the server's clock. */
export interface ServerTime {
  /** When the request came. */
  readonly fromMs: number;
  /** What its answer took. */
  readonly ms: number;
}

/** What the server says of an answer; `null` where something on the way took the header out. */
export function serverTime({ headers }: Response): ServerTime | null {
  const said = /\bdur=([\d.]+);desc="from ([\d.]+)"/.exec(headers.get("server-timing") ?? "");
  return said === null ? null : { ms: Number(said[1]), fromMs: Number(said[2]) };
}
