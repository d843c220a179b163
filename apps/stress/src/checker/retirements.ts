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
  /** The row of a merge of it. */
  readonly row: number;
}

export interface Retirements {
  /** By the retired id. */
  readonly of: ReadonlyMap<number, Retirement>;
  /** Two acknowledged merges of one id into different ones. */
  readonly contradiction: readonly [SeenMerge, SeenMerge] | null;
  /** An id of which merges with unknown outcomes name different survivors: nobody can tell what became of it. */
  readonly undecidable: number | null;
}

/** Which of the register's first chats may have been retired. */
export function retirementsOf(
  evidence: Evidence,
  { merges }: Sightings,
  initial: readonly number[],
  audited: AuditedIds | null,
): Retirements {
  const of = new Map<number, Retirement>();
  let contradiction: Retirements["contradiction"] = null;
  let undecidable: number | null = null;
  for (const id of initial) {
    const all = merges.filter(({ asked, to }) => asked === id && to !== id && initial.includes(to));
    const [acknowledged, other] = all.filter(({ firstEnded }) => firstEnded !== nothing);
    if (acknowledged !== undefined && other !== undefined) contradiction ??= [acknowledged, other];
    if (acknowledged === undefined && all.length > 1) undecidable ??= id;
    const likely = acknowledged ?? all[0];
    if (likely !== undefined) of.set(id, retirement(evidence, likely, audited));
  }
  return { of, contradiction, undecidable };
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
    row: acknowledged ? firstEnded : firstStarted,
  };
}

/** The retired ids on the way from one id to another that it led to, first to last; `null` if it never leads there. */
export function wayFrom(
  retirements: ReadonlyMap<number, Retirement>,
  from: number,
  to: number,
): readonly number[] | null {
  const way: number[] = [];
  let id = from;
  while (id !== to) {
    const retired = retirements.get(id);
    if (retired === undefined || way.includes(id)) return null;
    way.push(id);
    id = retired.to;
  }
  return way;
}
