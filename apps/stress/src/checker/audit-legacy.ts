import type { AuditedIds } from "./audited-ids.ts";
import type { LegacyCase } from "./decide-legacy.ts";
import { answeredOf } from "./decide-new.ts";
import type { Evidence, Finding } from "./evidence.ts";
import { goneChat } from "./lost-or-phantom.ts";
import type { Retired } from "./retirements.ts";

export interface RetiredIds {
  readonly known: Retired;
  /** Those that must have been retired. */
  readonly happened: ReadonlySet<string>;
}

/**
 * What the database must hold at the end of the chats that were there before: each of them live, or retired by a merge
 * and leading to its survivor; and no other.
 */
export function auditLegacy(evidence: Evidence, legacy: LegacyCase, retired: RetiredIds): readonly Finding[] {
  const { initial, audited } = legacy;
  if (audited === null) return [];
  return [
    ...strangers(legacy, audited),
    ...initial.flatMap((id) => fateOf(evidence, { id, ...retired, audited })),
    ...phantoms(legacy, audited),
  ];
}

function strangers({ initial, seen }: LegacyCase, { live, redirects }: AuditedIds): readonly Finding[] {
  const strange = [...new Set([...live, ...redirects.keys()])].filter((id) => !initial.includes(id));
  if (strange.length === 0) return [];
  const operations = strange.map((id) => seen.list.find((sighting) => sighting.seen === id)?.first ?? null);
  const text = `the database holds ${strange.join(" and ")} beside ${initial.join(" and ")}, which these people had before`;
  return [{ name: "DUPLICATE", text, operations }];
}

interface Fate extends RetiredIds {
  readonly id: string;
  readonly audited: AuditedIds;
}

function fateOf(evidence: Evidence, fate: Fate): readonly Finding[] {
  const { id, known, happened, audited } = fate;
  const isLive = audited.live.has(id);
  const isRetired = happened.has(id) || audited.redirects.has(id);
  if (isLive && isRetired) {
    const operations = [known.get(id)?.merge ?? null];
    return [{ name: "RESURRECTED", text: `${id} is live although it was retired`, operations }];
  }
  return isLive ? [] : whereItLeads(evidence, fate);
}

function whereItLeads({ complete }: Evidence, { id, known, happened, audited }: Fate): readonly Finding[] {
  const operations = [known.get(id)?.merge ?? null];
  const to = audited.redirects.get(id) ?? null;
  // Of a merge that is in no operation nothing is known, not even the survivor.
  const last = known.has(id) ? lastOf({ known, happened }, id) : to;
  if (to === null || (!known.has(id) && !audited.live.has(to)))
    return [{ name: "LOST", text: `${id} is neither live nor does it lead to a live chat`, operations }];
  // Where operations are missing, one of them may have led on.
  if (to === last || !complete) return [];
  const text = `${id} leads to ${to} and not to ${last}, into which it was merged`;
  return [{ name: "SPLIT_ID", text, operations }];
}

/** The live chat that a retired one leads to. */
function lastOf(retired: RetiredIds, id: string, hops = 0): string {
  const next = retired.happened.has(id) ? retired.known.get(id) : undefined;
  return next === undefined || hops > retired.known.size ? id : lastOf(retired, next.to, hops + 1);
}

/** Answers that named a chat which was neither there before nor is there now. */
function phantoms({ initial, seen }: LegacyCase, { live, redirects }: AuditedIds): readonly Finding[] {
  return answeredOf(seen)
    .filter(({ seen: id }) => !initial.includes(id) && !live.has(id) && !redirects.has(id))
    .map(({ seen: id, count, first, lastStarted }) => goneChat(id, count > 1, [first, lastStarted]));
}
