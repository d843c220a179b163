import { auditLegacy } from "./audit.ts";
import type { Case, Judgement } from "./case.ts";
import { type Finding, finding } from "./evidence.ts";
import { retirementOrder } from "./retirement-order.ts";
import { contradictoryMerges, type Retired, retirementsOf, strangeMerges, wayFrom } from "./retirements.ts";
import type { Answered } from "./sightings.ts";

/**
 * A register whose people had a chat before the run, or several: one of them becomes theirs, nothing is created, and
 * an id changes only by a merge that retires it.
 */
export function decideLegacy(one: Case): Judgement {
  const { key, initial, complete, audited } = one;
  const ways = retirementsOf(one);
  const [way] = ways;
  if (way === undefined) {
    const problem = `merges of ${key} leave open what became of its chats: ${key} was not judged`;
    return { findings: [], problems: [problem] };
  }
  const unexplained = initial.filter((id) => complete && audited?.redirects.has(id) === true && !way.has(id));
  return {
    findings: [
      ...doubleCreated(one),
      ...wrongChat(one),
      ...sawNothing(one, way),
      ...strangeIds(one),
      ...strangeMerges(one),
      ...contradictoryMerges(one),
      ...leastOf(ways.map((retired) => fates(one, retired))),
    ],
    problems: unexplained.map(
      (id) => `${id} of ${key} was retired, and the history holds no merge that did it`,
    ),
  };
}

/** Of several explanations the one with the fewest objections; if there is one without any, that is it. */
function leastOf(verdicts: readonly (readonly Finding[])[]): readonly Finding[] {
  return verdicts.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function doubleCreated({ seen, initial }: Case): readonly Finding[] {
  if (seen.creators.length === 0) return [];
  const text = `a chat was said to be created for people who had ${initial.join(" and ")} before`;
  return [finding("DOUBLE_CREATED", text, seen.creators.slice(0, 2))];
}

function wrongChat({ initial, expected, seen }: Case): readonly Finding[] {
  const wrong = seen.answered.filter(
    ({ asked, id }) => asked === null && id !== expected && initial.includes(id),
  );
  return (expected === undefined ? [] : wrong).map(({ id, first }) => {
    const text = `${id} was answered, but of the chats that these people had ${expected} must become theirs`;
    return finding("WRONG_CHAT", text, [first]);
  });
}

function sawNothing({ seen, initial }: Case, retired: Retired): readonly Finding[] {
  return seen.list
    .filter(({ asked, id }) => id === null && (asked === null || initial.includes(asked)))
    .map(({ asked, first }) => {
      const chat = asked ?? initial[0];
      return asked !== null && retired.has(asked)
        ? finding("LOST", `${chat} led to nothing when it was merged`, [first])
        : finding("TIME_TRAVEL", `nothing was seen of ${chat}, which was there before the run`, [first]);
    });
}

function strangeIds({ seen, initial }: Case): readonly Finding[] {
  const known = seen.answered.find(({ id }) => initial.includes(id))?.first ?? null;
  const strange = seen.answered.filter((sighting) => isStrange(initial, sighting));
  return strange.map(({ asked, id, first }) => {
    const text =
      asked === null || initial.includes(asked)
        ? `${id} was answered, but these people had ${initial.join(" and ")} before the run`
        : `${asked} led to ${id}, and no merge explains it`;
    return finding("SPLIT_ID", text, [first, known]);
  });
}

function isStrange(initial: readonly string[], { asked, id }: Answered): boolean {
  return !initial.includes(id) || (asked !== null && !initial.includes(asked));
}

/**
 * The first chat of these people must lead to every id that was answered for them. There is at most one such id, but
 * where merges with unknown outcomes form a circle there may be two: then one that explains everything is enough.
 */
function fates(one: Case, retired: Retired): readonly Finding[] {
  const sightings = one.seen.answered.filter((sighting) => !isStrange(one.initial, sighting));
  const ofPeople = sightings.filter(({ asked }) => asked === null);
  const firsts = ofPeople.filter(({ id }) =>
    ofPeople.every((other) => wayFrom(retired, id, other.id) !== null),
  );
  const isSplit = ofPeople.length > 0 && firsts.length === 0 && one.complete;
  const candidates = firsts.length === 0 ? [null] : firsts.map(({ id }) => id);
  const verdicts = candidates.map((chat) => {
    const { findings, happened } = retirementOrder(one, retired, sightings, chat);
    return [...findings, ...auditLegacy(one, { known: retired, happened })];
  });
  return [...(isSplit ? [split(ofPeople)] : []), ...leastOf(verdicts)];
}

function split(sightings: readonly Answered[]): Finding {
  const some = sightings.slice(0, 2);
  const ids = some.map(({ id }) => id).join(" and ");
  const text = `${sightings.length} different ids were answered, such as ${ids}, and no merge explains it`;
  return finding(
    "SPLIT_ID",
    text,
    some.map(({ first }) => first),
  );
}
