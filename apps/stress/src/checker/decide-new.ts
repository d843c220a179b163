import { auditNew } from "./audit.ts";
import type { Case } from "./case.ts";
import { type Finding, finding } from "./evidence.ts";
import { strangeMerges } from "./retirements.ts";
import type { Sighting } from "./sightings.ts";
import { always, isOpen, notAfter, notBefore, type Window } from "./window.ts";

/**
 * A register whose people had no chat before the run: nothing is seen, somebody creates, everybody sees that one from
 * then on. The operations are right if there is an instant for the creation that all answers allow.
 */
export function decideNew(one: Case): readonly Finding[] {
  return [
    ...splitIds(one),
    ...strangeMerges(one),
    ...doubleCreated(one),
    ...uncreated(one),
    ...timeTravel(one),
    ...auditNew(one),
  ];
}

function splitIds({ seen: { answered } }: Case): readonly Finding[] {
  const strange = answered.find(({ asked, id }) => asked !== null && asked !== id);
  if (strange !== undefined) {
    const text = `${strange.asked} led to ${strange.id}, and no merge explains it`;
    return [finding("SPLIT_ID", text, [strange.first])];
  }
  const firsts = new Map(answered.toReversed().map(({ id, first }) => [id, first]));
  if (firsts.size < 2) return [];
  const some = [...firsts].toReversed().slice(0, 2);
  const ids = some.map(([id]) => id).join(" and ");
  const text = `${firsts.size} different ids were answered, such as ${ids}`;
  const operations = some.map(([, first]) => first);
  return [finding("SPLIT_ID", text, operations)];
}

function doubleCreated({ seen: { creators } }: Case): readonly Finding[] {
  if (creators.length < 2) return [];
  const text = `${creators.length} calls were told that they had created the chat`;
  return [finding("DOUBLE_CREATED", text, creators.slice(0, 2))];
}

function uncreated({ complete, seen: { answered, creators, candidate } }: Case): readonly Finding[] {
  const [first] = answered;
  if (!complete || first === undefined || creators.length > 0 || candidate !== null) return [];
  const text = `${first.id} was answered, but no call can have created it`;
  const operations = answered.map(({ firstEnded }) => firstEnded);
  return [finding("UNCREATED", text, operations)];
}

function timeTravel(one: Case): readonly Finding[] {
  const chat = theChat(one);
  if (chat === null) return [];
  const window = creationOf(one, chat);
  if (isOpen(window)) return [];
  const sawNothing = emptyOf(one, chat).some(({ lastStarted }) => lastStarted === window.opened);
  const text = sawNothing
    ? `nothing was seen by a call that began after ${chat} had been answered`
    : `${chat} was answered before any call that can have created it began`;
  return [finding("TIME_TRAVEL", text, [window.opened, window.closed])];
}

/** Of several ids, the one to judge the times of the others by: what is really there, else what somebody created. */
function theChat({ seen: { creators, answered }, audited }: Case): string | null {
  const ids = answered.map(({ id }) => id);
  return ids.find((id) => audited?.live.has(id)) ?? creators[0]?.id ?? ids[0] ?? null;
}

/** When the chat of these people, who had none before, can have come to be; `null` where several or none were seen. */
export function creationWindow(one: Case): Window | null {
  const [id, another] = new Set(one.seen.answered.map((sighting) => sighting.id));
  if (id === undefined || another !== undefined || one.initial.length > 0) return null;
  const window = creationOf(one, id);
  return window.opened === null ? null : window;
}

/** Not before its creator began, nor before a question began that saw nothing; not after anybody was answered with it. */
function creationOf(one: Case, chat: string): Window {
  const begun = emptyOf(one, chat).reduce(
    (window, { lastStarted }) => notBefore(window, lastStarted),
    creation(one, chat),
  );
  const answers = one.seen.answered.filter(({ id }) => id === chat);
  return answers.reduce((narrowed, { firstEnded }) => notAfter(narrowed, firstEnded), begun);
}

function emptyOf({ seen }: Case, chat: string): readonly Sighting[] {
  return seen.list.filter(({ asked, id }) => id === null && (asked === null || asked === chat));
}

/** When the creation can have happened, as far as whoever created says. */
function creation({ complete, seen: { creators, candidate } }: Case, chat: string): Window {
  const [creator, another] = creators;
  if (creator === undefined) return complete ? notBefore(always, candidate) : always;
  const isItsOwn = another === undefined && creator.id === chat;
  return isItsOwn ? notBefore(always, creator) : always;
}
