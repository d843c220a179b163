import { auditNew } from "./audit.ts";
import type { Case } from "./case.ts";
import { type Finding, finding } from "./evidence.ts";
import { strangeMerges } from "./retirements.ts";
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
  const { list } = one.seen;
  const chat = theChat(one);
  if (chat === null) return [];
  const answers = list.filter(({ id }) => id === chat);
  const empty = list.filter(({ asked, id }) => id === null && (asked === null || asked === chat));
  const begun = empty.reduce(
    (window, { lastStarted }) => notBefore(window, lastStarted),
    creation(one, chat),
  );
  const window = answers.reduce((narrowed, { firstEnded }) => notAfter(narrowed, firstEnded), begun);
  if (isOpen(window)) return [];
  const sawNothing = empty.some(({ lastStarted }) => lastStarted === window.opened);
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

/** When the creation can have happened, as far as whoever created says. */
function creation({ complete, seen: { creators, candidate } }: Case, chat: string): Window {
  const [creator, another] = creators;
  if (creator === undefined) return complete ? notBefore(always, candidate) : always;
  const isItsOwn = another === undefined && creator.id === chat;
  return isItsOwn ? notBefore(always, creator) : always;
}
