import { min } from "d3-array";
import type { Operation } from "../history/operation.ts";
import type { AuditedIds, Case } from "./case.ts";
import { type Finding, finding } from "./evidence.ts";
import type { RetiredIds } from "./retirements.ts";
import type { Answered } from "./sightings.ts";

/** Of thousands of ids that are gone, the first ones show enough. */
const examined = 20;
const witnesses = 3;

/** What the database must hold at the end for people who had no chat before: the one that was answered, for ever. */
export function auditNew(one: Case): readonly Finding[] {
  const { audited } = one;
  if (audited === null) return [];
  return [
    ...duplicate(one, audited),
    ...retired(one, audited),
    ...gone(one, audited),
    ...unaccounted(one, audited),
  ];
}

/**
 * The same of the chats that were there before: each of them live, or retired by a merge and leading to its survivor;
 * and no other.
 */
export function auditLegacy(one: Case, retiredIds: RetiredIds): readonly Finding[] {
  const { initial, audited } = one;
  if (audited === null) return [];
  return [
    ...duplicate(one, audited),
    ...initial.flatMap((id) => fateOf(one, audited, retiredIds, id)),
    ...gone(one, audited),
  ];
}

function duplicate(one: Case, { live, redirects }: AuditedIds): readonly Finding[] {
  const { initial } = one;
  const strange = [...new Set([...live, ...redirects.keys()])].filter((id) => !initial.includes(id));
  if (strange.length + Number(initial.length > 0) < 2) return [];
  const some = strange.slice(0, 2).join(" and ");
  const text =
    initial.length > 0
      ? `the database holds ${some} beside ${initial.join(" and ")}, which these people had before`
      : live.size > 1
        ? `the database holds ${live.size} live chats of these people, such as ${some}`
        : `the database held ${strange.length} chats of these people: ${some}`;
  const operations = strange.slice(0, witnesses).map((id) => answerOf(one, id));
  return [finding("DUPLICATE", text, operations)];
}

function answerOf({ seen }: Case, id: string): Operation | null {
  return seen.answered.find((sighting) => sighting.id === id)?.first ?? null;
}

/** Where there is nothing to merge, nothing can have been retired. */
function retired(one: Case, { live, redirects }: AuditedIds): readonly Finding[] {
  return [...redirects.keys()].map((id) => {
    const operations = [answerOf(one, id)];
    return live.has(id)
      ? finding("RESURRECTED", `${id} is live although it was retired`, operations)
      : finding("LOST", `${id} was retired, though no merge can have done it`, operations);
  });
}

/** A chat that no answer named may be the work of a call with unknown outcome, and of nothing else. */
function unaccounted({ complete, seen }: Case, { live }: AuditedIds): readonly Finding[] {
  const [id] = live;
  if (id === undefined || seen.answered.length > 0 || seen.candidate !== null || !complete) return [];
  const text = `the database holds ${id}, and no call can have created it`;
  return [finding("UNCREATED", text, [])];
}

function fateOf(one: Case, audited: AuditedIds, retiredIds: RetiredIds, id: string): readonly Finding[] {
  const { live, redirects } = audited;
  if (!live.has(id)) return whereItLeads(one, audited, retiredIds, id);
  if (!retiredIds.happened.has(id) && !redirects.has(id)) return [];
  const operations = [retiredIds.known.get(id)?.merge ?? null];
  return [finding("RESURRECTED", `${id} is live although it was retired`, operations)];
}

function whereItLeads(
  { complete }: Case,
  { live, redirects }: AuditedIds,
  retiredIds: RetiredIds,
  id: string,
): readonly Finding[] {
  const { known } = retiredIds;
  const operations = [known.get(id)?.merge ?? null];
  const to = redirects.get(id) ?? null;
  // Of a merge that is in no operation nothing is known, not even the survivor.
  const last = known.has(id) ? lastOf(retiredIds, id) : to;
  if (to === null || (!known.has(id) && !live.has(to)))
    return [finding("LOST", `${id} is neither live nor does it lead to a live chat`, operations)];
  // Where operations are missing, one of them may have led on.
  if (to === last || !complete) return [];
  const text = `${id} leads to ${to} and not to ${last}, into which it was merged`;
  return [finding("SPLIT_ID", text, operations)];
}

function lastOf(retiredIds: RetiredIds, id: string, hops = 0): string {
  const { known, happened } = retiredIds;
  const next = happened.has(id) ? known.get(id) : undefined;
  return next === undefined || hops > known.size ? id : lastOf(retiredIds, next.to, hops + 1);
}

function gone(one: Case, { live, redirects }: AuditedIds): readonly Finding[] {
  return one.seen.answered
    .filter(({ id }) => !one.initial.includes(id) && !live.has(id) && !redirects.has(id))
    .slice(0, examined)
    .map((sighting) => lostOrPhantom(one, sighting, live));
}

/** LOST if the chat was stored once, else a PHANTOM_ID. */
function lostOrPhantom(one: Case, sighting: Answered, live: ReadonlySet<string>): Finding {
  const { answered, candidate } = one.seen;
  const { id, first } = sighting;
  const own = answered.filter((other) => other.id === id);
  const others = answered.filter((other) => other.id !== id);
  const operations = [
    first,
    ...own.map(({ lastStarted }) => lastStarted),
    ...others.slice(0, 1).map((other) => other.first),
  ];
  const wasStored =
    own.length > 1 ||
    own.some(({ count }) => count > 1) ||
    (others.length + live.size > 0
      ? cameLater(one, sighting, others)
      : first.created === true || candidate !== null);
  return wasStored
    ? finding("LOST", `${id} was answered, and the database no longer holds it`, operations)
    : finding("PHANTOM_ID", `${id} was answered, and the database never held it`, operations);
}

/**
 * Whether the chat that there is instead can have come after this one had vanished. If it was there already, the only
 * call that ever saw this one made its id up.
 */
function cameLater(
  { history, initial, seen: { creators, candidate } }: Case,
  { id, first }: Answered,
  others: readonly Answered[],
): boolean {
  const mayHaveCreated = [...creators.filter((creator) => creator.id !== id), candidate];
  const begun = min(mayHaveCreated, (operation) => operation?.start) ?? Number.POSITIVE_INFINITY;
  const seenAt = min(others, ({ firstEnded }) => firstEnded.end) ?? Number.POSITIVE_INFINITY;
  const wasKilled = history.faults.some(
    ({ fault, event, at }) => fault === "db-kill" && event === "inject" && at >= first.start && at <= seenAt,
  );
  return wasKilled || (initial.length === 0 && begun > first.end);
}
