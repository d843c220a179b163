import type { Evidence, Finding } from "./evidence.ts";
import { lostOrPhantom } from "./lost-or-phantom.ts";
import type { Sighting, Sightings } from "./sightings.ts";
import type { AuditedIds } from "./audited-ids.ts";
import { always, isOpen, notAfter, notBefore, type Window } from "./window.ts";

/** Sightings of a chat, and not of there being none. */
export type Answered = Sighting & { readonly seen: string };

/** Of thousands of ids that are gone, the first ones show enough. */
const examined = 20;
const witnesses = 3;

/**
 * The operations of a register whose people had no chat before the run: nothing is seen, somebody creates, everybody
 * sees that one from then on. They are right if there is an instant for the creation that all answers allow.
 */
export function decideNew(
  evidence: Evidence,
  seen: Sightings,
  audited: AuditedIds | null,
): readonly Finding[] {
  const answered = answeredOf(seen);
  const chat = theChat(seen, answered, audited);
  return [
    ...splitIds(answered),
    ...strangeMerges(seen),
    ...doubleCreated(seen),
    ...uncreated(evidence, seen, answered),
    ...(chat === null ? [] : timeTravel(evidence, seen, chat)),
    ...(audited === null ? [] : auditNew(evidence, seen, audited)),
  ];
}

export function answeredOf({ list }: Sightings): readonly Answered[] {
  return list.filter((sighting): sighting is Answered => sighting.seen !== null);
}

/** Of several ids, the one to judge the times of the others by: what is really there, else what somebody created. */
function theChat(
  { creators }: Sightings,
  answered: readonly Answered[],
  audited: AuditedIds | null,
): string | null {
  const ids = answered.map(({ seen }) => seen);
  return ids.find((id) => audited?.live.has(id)) ?? creators[0]?.id ?? ids[0] ?? null;
}

function splitIds(answered: readonly Answered[]): readonly Finding[] {
  const strange = answered.find(({ asked, seen }) => asked !== null && asked !== seen);
  if (strange !== undefined) {
    const text = `${strange.asked} led to ${strange.seen}, and no merge explains it`;
    return [{ name: "SPLIT_ID", text, operations: [strange.first] }];
  }
  const firsts = new Map(answered.toReversed().map((sighting) => [sighting.seen, sighting.first]));
  if (firsts.size < 2) return [];
  const ids = [...firsts.keys()].toReversed();
  const text = `${ids.length} different ids were answered, such as ${ids.slice(0, 2).join(" and ")}`;
  return [{ name: "SPLIT_ID", text, operations: ids.slice(0, 2).map((id) => firsts.get(id) ?? null) }];
}

/** Whoever had no chat before the run has no second one that could be merged. */
function strangeMerges({ merges }: Sightings): readonly Finding[] {
  return merges
    .filter(({ firstEnded }) => firstEnded !== null)
    .map(({ asked, to, firstEnded }) => ({
      name: "PHANTOM_ID",
      text: `${asked} was merged into ${to}, but these people had no chat to merge`,
      operations: [firstEnded],
    }));
}

function doubleCreated({ creators }: Sightings): readonly Finding[] {
  if (creators.length < 2) return [];
  const text = `${creators.length} calls were told that they had created the chat`;
  return [{ name: "DOUBLE_CREATED", text, operations: creators.slice(0, 2) }];
}

function uncreated(
  { complete }: Evidence,
  { creators, candidate }: Sightings,
  answered: readonly Answered[],
): readonly Finding[] {
  const [first] = answered;
  if (!complete || first === undefined || creators.length > 0 || candidate !== null) return [];
  const text = `${first.seen} was answered, but no call can have created it`;
  return [{ name: "UNCREATED", text, operations: answered.map(({ firstEnded }) => firstEnded) }];
}

function timeTravel(evidence: Evidence, seen: Sightings, chat: string): readonly Finding[] {
  const answers = seen.list.filter((sighting) => sighting.seen === chat);
  const empty = seen.list.filter(
    (sighting) => sighting.seen === null && (sighting.asked === null || sighting.asked === chat),
  );
  const begun = empty.reduce(
    (window, { lastStarted }) => notBefore(window, lastStarted),
    creation(evidence, seen, chat),
  );
  const window = answers.reduce((narrowed, { firstEnded }) => notAfter(narrowed, firstEnded), begun);
  if (isOpen(window)) return [];
  const sawNothing = empty.some(({ lastStarted }) => lastStarted === window.opened);
  const text = sawNothing
    ? `nothing was seen by a call that began after ${chat} had been answered`
    : `${chat} was answered before any call that can have created it began`;
  return [{ name: "TIME_TRAVEL", text, operations: [window.opened, window.closed] }];
}

/** When the creation can have happened, as far as whoever created says. */
function creation({ complete }: Evidence, { creators, candidate }: Sightings, chat: string): Window {
  const [creator, another] = creators;
  if (creator === undefined) return complete ? notBefore(always, candidate) : always;
  const isItsOwn = another === undefined && creator.id === chat;
  return isItsOwn ? notBefore(always, creator) : always;
}

/** What the database must hold at the end for people who had no chat before: the one that was answered, for ever. */
function auditNew(evidence: Evidence, seen: Sightings, audited: AuditedIds): readonly Finding[] {
  const answered = answeredOf(seen);
  const gone = answered.filter(({ seen: id }) => !audited.live.has(id));
  return [
    ...duplicate(answered, audited),
    ...retired(audited),
    ...gone.slice(0, examined).map((sighting) => lostOrPhantom(evidence, seen, sighting, audited.live)),
    ...unaccounted(evidence, seen, audited.live),
  ];
}

function duplicate(answered: readonly Answered[], { live, redirects }: AuditedIds): readonly Finding[] {
  const ids = [...new Set([...live, ...redirects.keys()])];
  if (ids.length < 2) return [];
  const text =
    live.size > 1
      ? `the database holds ${live.size} live chats of these people, such as ${ids.slice(0, 2).join(" and ")}`
      : `the database held ${ids.length} chats of these people: ${ids.join(" and ")}`;
  const operations = ids
    .slice(0, witnesses)
    .map((id) => answered.find(({ seen }) => seen === id)?.first ?? null);
  return [{ name: "DUPLICATE", text, operations }];
}

/** Where there is nothing to merge, nothing can have been retired. */
function retired({ live, redirects }: AuditedIds): readonly Finding[] {
  return [...redirects.keys()].map((id) =>
    live.has(id)
      ? { name: "RESURRECTED", text: `${id} is live although it was retired`, operations: [] }
      : { name: "LOST", text: `${id} was retired, though no merge can have done it`, operations: [] },
  );
}

/** A chat that no answer named may be the work of a call with unknown outcome, and of nothing else. */
function unaccounted(
  { complete }: Evidence,
  { list, candidate }: Sightings,
  live: ReadonlySet<string>,
): readonly Finding[] {
  const [id] = live;
  const wasSeen = list.some(({ seen }) => seen !== null);
  if (id === undefined || wasSeen || candidate !== null || !complete) return [];
  return [
    { name: "UNCREATED", text: `the database holds ${id}, and no call can have created it`, operations: [] },
  ];
}
