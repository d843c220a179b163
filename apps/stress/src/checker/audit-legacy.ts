import { nothing } from "../history/operation-table.ts";
import type { LegacyCase } from "./decide-legacy.ts";
import type { AuditedIds } from "./audited-ids.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { goneChat } from "./lost-or-phantom.ts";
import type { Retired } from "./retirements.ts";

export interface RetiredIds {
  readonly known: Retired;
  /** Those that must have been retired. */
  readonly happened: ReadonlySet<number>;
}

/**
 * What the database must hold at the end of the chats that were there before: each of them live, or retired by a merge
 * and leading to its survivor; and no other.
 */
export function auditLegacy(
  evidence: Evidence,
  legacy: LegacyCase,
  { known, happened }: RetiredIds,
): readonly Finding[] {
  const { initial, audited } = legacy;
  if (audited === null) return [];
  return [
    ...strangers(evidence, legacy, audited),
    ...initial.flatMap((id) => fateOf(evidence, { id, known, happened, audited })),
    ...phantoms(evidence, legacy, audited),
  ];
}

function strangers(
  { idText }: Evidence,
  { initial, seen }: LegacyCase,
  { live, redirects }: AuditedIds,
): readonly Finding[] {
  const strange = [...new Set([...live, ...redirects.keys()])].filter((id) => !initial.includes(id));
  if (strange.length === 0) return [];
  const rows = strange.flatMap((id) => seen.list.find((sighting) => sighting.seen === id)?.first ?? []);
  const text = `the database holds ${strange.map(idText).join(" and ")} beside ${initial.map(idText).join(" and ")}, which these people had before`;
  return [{ name: "DUPLICATE", text, rows }];
}

interface Fate extends RetiredIds {
  readonly id: number;
  readonly audited: AuditedIds;
}

function fateOf(evidence: Evidence, fate: Fate): readonly Finding[] {
  const { id, happened, audited, known } = fate;
  const rows = [known.get(id)?.row ?? nothing].filter((row) => row !== nothing);
  const isLive = audited.live.has(id);
  const isRetired = happened.has(id) || audited.redirects.has(id);
  if (isLive && isRetired) {
    const text = `${evidence.idText(id)} is live although it was retired`;
    return [{ name: "RESURRECTED", text, rows }];
  }
  return isLive ? [] : whereItLeads(evidence, fate, rows);
}

function whereItLeads(
  { idText, complete }: Evidence,
  { id, happened, audited, known }: Fate,
  rows: readonly number[],
): readonly Finding[] {
  const to = audited.redirects.get(id) ?? nothing;
  // Of a merge that is in no operation nothing is known, not even the survivor.
  const last = known.has(id) ? lastOf({ known, happened }, id) : to;
  if (to === nothing || (!known.has(id) && !audited.live.has(to))) {
    const text = `${idText(id)} is neither live nor does it lead to a live chat`;
    return [{ name: "LOST", text, rows }];
  }
  // Where operations are missing, one of them may have led on.
  if (to === last || !complete) return [];
  const text = `${idText(id)} leads to ${idText(to)} and not to ${idText(last)}, into which it was merged`;
  return [{ name: "SPLIT_ID", text, rows }];
}

/** The live chat that a retired one leads to. */
function lastOf(retired: RetiredIds, id: number, hops = 0): number {
  const next = retired.happened.has(id) ? retired.known.get(id) : undefined;
  return next === undefined || hops > retired.known.size ? id : lastOf(retired, next.to, hops + 1);
}

/** Answers that named a chat which was neither there before nor is there now. */
function phantoms(
  { idText }: Evidence,
  { initial, seen }: LegacyCase,
  { live, redirects }: AuditedIds,
): readonly Finding[] {
  return seen.list
    .filter(({ seen: id }) => id !== nothing && !initial.includes(id))
    .filter(({ seen: id }) => !live.has(id) && !redirects.has(id))
    .map(({ seen: id, count, first, lastStarted }) =>
      goneChat(idText(id), { wasStored: count > 1, rows: [first, lastStarted] }),
    );
}
