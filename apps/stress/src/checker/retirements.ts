import { cell, nothing } from "../history/operation-table.ts";
import type { AuditedIds } from "./audited-ids.ts";
import type { Evidence } from "./evidence.ts";
import type { SeenMerge, Sightings } from "./sightings.ts";
import { always, notAfter, notBefore, type Window } from "./window.ts";

/** An id that was, or may have been, retired in favour of another. */
export interface Retirement {
  readonly to: number;
  /** When, as far as the merges say. */
  readonly window: Window;
  /** Whether it did happen: a merge was acknowledged, or the database says so at the end. */
  readonly certain: boolean;
  readonly acknowledged: boolean;
  /** The row of a merge of it. */
  readonly row: number;
}

/** By the retired id. */
export type Retired = ReadonlyMap<number, Retirement>;

export interface Retirements {
  /**
   * What may have been. There is one way for it, unless merges with unknown outcomes leave open into which chat they
   * would have gone; `null` if that leaves too much open.
   */
  readonly ways: readonly Retired[] | null;
  /** Two acknowledged merges of one id into different ones. */
  readonly contradiction: readonly [SeenMerge, SeenMerge] | null;
}

const mostWays = 256;

/** Which of the register's first chats may have been retired. */
export function retirementsOf(
  evidence: Evidence,
  { merges }: Sightings,
  initial: readonly number[],
  audited: AuditedIds | null,
): Retirements {
  let ways: readonly Retired[] = [new Map()];
  let contradiction: Retirements["contradiction"] = null;
  for (const id of initial) {
    const all = mergesOf(evidence, id, merges, initial);
    const [acknowledged, other] = all.filter(({ firstEnded }) => firstEnded !== nothing);
    if (acknowledged !== undefined && other !== undefined) contradiction ??= [acknowledged, other];
    // Whatever else was tried, one that succeeded is the one that happened; and where operations are missing, one of
    // them may have done what one with an unknown outcome seems to have done.
    const likely = acknowledged === undefined ? (evidence.complete ? all : []) : [acknowledged];
    const options = likely.map((merge) => retirement(evidence, merge, audited));
    if (options.length > 0)
      ways = ways.flatMap((way) => options.map((option) => new Map([...way, [id, option]])));
    if (ways.length > mostWays) return { ways: null, contradiction };
  }
  return { ways, contradiction };
}

/** A merge that names no survivor may have gone into any of the others. */
function mergesOf(
  { table }: Evidence,
  id: number,
  merges: readonly SeenMerge[],
  initial: readonly number[],
): readonly SeenMerge[] {
  const own = merges.filter(({ asked }) => asked === id);
  const open = own.find(({ to }) => to === nothing);
  return initial.flatMap((to) => {
    const named = to === id ? undefined : own.find((merge) => merge.to === to);
    if (open === undefined || to === id) return named === undefined ? [] : [named];
    if (named === undefined) return [{ ...open, to }];
    const isEarlier = cell(table.start, open.firstStarted) < cell(table.start, named.firstStarted);
    return [isEarlier ? { ...named, firstStarted: open.firstStarted } : named];
  });
}

function retirement(
  { table, complete }: Evidence,
  { asked, to, firstStarted, firstEnded }: SeenMerge,
  audited: AuditedIds | null,
): Retirement {
  // Where operations are missing, one of them may have been a merge that began at any time.
  const begun = complete ? notBefore(always, cell(table.start, firstStarted), firstStarted) : always;
  const acknowledged = firstEnded !== nothing;
  return {
    to,
    window: acknowledged ? notAfter(begun, cell(table.end, firstEnded), firstEnded) : begun,
    certain: acknowledged || audited?.redirects.has(asked) === true,
    acknowledged,
    row: acknowledged ? firstEnded : firstStarted,
  };
}

/** The retired ids on the way from one id to another that it led to, first to last; `null` if it never leads there. */
export function wayFrom(retired: Retired, from: number, to: number): readonly number[] | null {
  const way: number[] = [];
  let id = from;
  while (id !== to) {
    const retirementOfIt = retired.get(id);
    if (retirementOfIt === undefined || way.includes(id)) return null;
    way.push(id);
    id = retirementOfIt.to;
  }
  return way;
}
