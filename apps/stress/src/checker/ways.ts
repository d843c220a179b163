import { names } from "../history/names.ts";
import { nothing } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";

/** The way that a call took, its variant and path, as a number; `nothing` where its register was not declared. */
export type WayOf = (row: number) => number;

export function waysOf({ registers, registerOf }: Evidence): WayOf {
  const ways = names();
  const numbers = registers.map(({ variant, path }) => ways.indexOf(`${variant} ${path}`));
  return (row) => numbers[registerOf(row)] ?? nothing;
}
