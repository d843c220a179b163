import type { Operation } from "../history/operation.ts";
import type { AuditedIds } from "./audited-ids.ts";
import type { Evidence } from "./evidence.ts";
import type { SeenMerge, Sightings } from "./sightings.ts";
import { always, notAfter, notBefore, type Window } from "./window.ts";

/** An id that was, or may have been, retired in favour of another. */
export interface Retirement {
  readonly to: string;
  /** When, as far as the merges say. */
  readonly window: Window;
  /** Whether it did happen: a merge was acknowledged, or the database says so at the end. */
  readonly certain: boolean;
  readonly acknowledged: boolean;
  /** A merge of it. */
  readonly merge: Operation;
}

/** By the retired id. */
export type Retired = ReadonlyMap<string, Retirement>;

export interface Retirements {
  /**
   * What may have been. There is one way for it, unless merges with unknown outcomes leave open into which chat they
   * would have gone; `null` if that leaves too much open.
   */
  readonly ways: readonly Retired[] | null;
  /** Two acknowledged merges of one id into different ones. */
  readonly contradiction: readonly [SeenMerge, SeenMerge] | null;
}

/** A merge with a survivor. */
type KnownMerge = SeenMerge & { readonly to: string };

const mostWays = 256;

/** Which of the register's first chats may have been retired. */
export function retirementsOf(
  evidence: Evidence,
  { merges }: Sightings,
  initial: readonly string[],
  audited: AuditedIds | null,
): Retirements {
  let ways: readonly Retired[] = [new Map()];
  let contradiction: Retirements["contradiction"] = null;
  for (const id of initial) {
    const all = mergesOf(id, merges, initial);
    const [acknowledged, other] = all.filter(({ firstEnded }) => firstEnded !== null);
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
  id: string,
  merges: readonly SeenMerge[],
  initial: readonly string[],
): readonly KnownMerge[] {
  const own = merges.filter(({ asked }) => asked === id);
  const open = own.find(({ to }) => to === null);
  return initial.flatMap((to) => {
    const named = to === id ? undefined : own.find((merge) => merge.to === to);
    if (open === undefined || to === id) return named === undefined ? [] : [{ ...named, to }];
    if (named === undefined) return [{ ...open, to }];
    const isEarlier = open.firstStarted.start < named.firstStarted.start;
    return [{ ...named, to, ...(isEarlier ? { firstStarted: open.firstStarted } : {}) }];
  });
}

function retirement(
  { complete }: Evidence,
  { asked, to, firstStarted, firstEnded }: KnownMerge,
  audited: AuditedIds | null,
): Retirement {
  // Where operations are missing, one of them may have been a merge that began at any time.
  const begun = complete ? notBefore(always, firstStarted) : always;
  const acknowledged = firstEnded !== null;
  return {
    to,
    window: firstEnded === null ? begun : notAfter(begun, firstEnded),
    certain: acknowledged || audited?.redirects.has(asked) === true,
    acknowledged,
    merge: firstEnded ?? firstStarted,
  };
}

/** The retired ids on the way from one id to another that it led to, first to last; `null` if it never leads there. */
export function wayFrom(retired: Retired, from: string, to: string | null): readonly string[] | null {
  const way: string[] = [];
  let id = from;
  while (id !== to) {
    const next = retired.get(id);
    if (next === undefined || way.includes(id)) return null;
    way.push(id);
    id = next.to;
  }
  return way;
}
