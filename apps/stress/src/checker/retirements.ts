import type { Operation } from "../history/operation.ts";
import type { Case } from "./case.ts";
import { type Finding, finding } from "./evidence.ts";
import type { SeenMerge } from "./sightings.ts";
import { always, notAfter, notBefore, type Window } from "./window.ts";

/** An id that was, or may have been, retired in favour of another. */
export interface Retirement {
  readonly to: string;
  readonly window: Window;
  /** Whether it did happen: a merge was acknowledged, or the database says so at the end. */
  readonly certain: boolean;
  readonly acknowledged: boolean;
  readonly merge: Operation;
}

/** By the retired id. */
export type Retired = ReadonlyMap<string, Retirement>;

export interface RetiredIds {
  readonly known: Retired;
  /** Those that must have been retired. */
  readonly happened: ReadonlySet<string>;
}

type KnownMerge = SeenMerge & { readonly to: string };

const mostWays = 256;

/**
 * What may have become of the register's first chats. There is one way for it, unless merges with unknown outcomes leave
 * open into which chat they would have gone; none, if that leaves too much open.
 */
export function retirementsOf(one: Case): readonly Retired[] {
  let ways: readonly Retired[] = [new Map()];
  for (const id of one.initial) {
    const all = mergesOf(id, one);
    const acknowledged = all.find(({ firstEnded }) => firstEnded !== null);
    // Whatever else was tried, one that succeeded is the one that happened; and where operations are missing, one of
    // them may have done what one with an unknown outcome seems to have done.
    const likely = acknowledged === undefined ? (one.complete ? all : []) : [acknowledged];
    const options = likely.map((merge) => retirement(one, merge));
    if (options.length > 0)
      ways = ways.flatMap((way) => options.map((option) => new Map([...way, [id, option]])));
    if (ways.length > mostWays) return [];
  }
  return ways;
}

/** A merge that names no survivor may have gone into any of the others. */
function mergesOf(id: string, { initial, seen: { merges } }: Case): readonly KnownMerge[] {
  const own = merges.filter(({ asked }) => asked === id);
  const open = own.find(({ to }) => to === null);
  const survivors = initial.filter((to) => to !== id);
  return survivors.flatMap((to) => {
    const named = own.find((merge) => merge.to === to) ?? open;
    if (named === undefined) return [];
    const isEarlier = open !== undefined && open.firstStarted.start < named.firstStarted.start;
    return [{ ...named, to, firstStarted: isEarlier ? open.firstStarted : named.firstStarted }];
  });
}

function retirement(
  { complete, audited }: Case,
  { asked, to, firstStarted, firstEnded }: KnownMerge,
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

export function strangeMerges({ initial, seen: { merges } }: Case): readonly Finding[] {
  const isTheirs = ({ asked, to }: SeenMerge): boolean =>
    to !== null && to !== asked && initial.includes(asked) && initial.includes(to);
  return merges
    .filter((merge) => merge.firstEnded !== null && !isTheirs(merge))
    .map(({ asked, to, firstEnded }) =>
      finding("PHANTOM_ID", `${asked} was merged into ${to}, but these people never had both`, [firstEnded]),
    );
}

export function contradictoryMerges({ initial, seen: { merges } }: Case): readonly Finding[] {
  return initial.flatMap((id) => {
    const [some, other] = merges.filter(
      ({ asked, to, firstEnded }) =>
        asked === id && firstEnded !== null && to !== null && to !== id && initial.includes(to),
    );
    if (some === undefined || other === undefined) return [];
    const text = `${id} was merged into ${some.to} and into ${other.to}`;
    return [finding("SPLIT_ID", text, [some.firstEnded, other.firstEnded])];
  });
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
