import { auditLegacy } from "./audit-legacy.ts";
import type { AuditedIds } from "./audited-ids.ts";
import { answeredOf } from "./decide-new.ts";
import type { Evidence, Finding } from "./evidence.ts";
import { retirementOrder } from "./retirement-order.ts";
import { type Retired, type Retirements, retirementsOf, wayFrom } from "./retirements.ts";
import type { Sighting, Sightings } from "./sightings.ts";

/** What is needed to judge a register whose people had chats before the run. */
export interface LegacyCase {
  /** The oldest first. */
  readonly initial: readonly string[];
  /** The one of them that must become theirs, where that is promised. */
  readonly expected?: string | undefined;
  readonly seen: Sightings;
  readonly audited: AuditedIds | null;
}

export interface LegacyDecision {
  readonly findings: readonly Finding[];
  /** Ids that the database says are retired, and no operation did it. */
  readonly unexplained: readonly string[];
  /** Too much was left open by merges with unknown outcomes. */
  readonly undecidable: boolean;
}

/**
 * A register whose people had a chat before the run, or several: one of them becomes theirs, nothing is created, and
 * an id changes only by a merge that retires it.
 */
export function decideLegacy(evidence: Evidence, legacy: LegacyCase): LegacyDecision {
  const { initial, seen, audited } = legacy;
  const { ways, contradiction } = retirementsOf(evidence, seen, initial, audited);
  const [way] = ways ?? [];
  if (ways === null || way === undefined) return { findings: [], unexplained: [], undecidable: true };
  return {
    findings: [
      ...doubleCreated(legacy),
      ...wrongChat(legacy),
      ...sawNothing(legacy, way),
      ...strangeIds(legacy),
      ...strangeMerges(legacy),
      ...contradictions(contradiction),
      ...leastOf(ways.map((retired) => fates(evidence, legacy, retired))),
    ],
    unexplained: initial.filter(
      (id) => evidence.complete && audited?.redirects.has(id) === true && !way.has(id),
    ),
    undecidable: false,
  };
}

/** Of several explanations the one with the fewest objections; if there is one without any, that is it. */
function leastOf(verdicts: readonly (readonly Finding[])[]): readonly Finding[] {
  return verdicts.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function doubleCreated({ seen, initial }: LegacyCase): readonly Finding[] {
  if (seen.creators.length === 0) return [];
  const text = `a chat was said to be created for people who had ${initial.join(" and ")} before`;
  return [{ name: "DOUBLE_CREATED", text, operations: seen.creators.slice(0, 2) }];
}

function wrongChat({ initial, expected, seen }: LegacyCase): readonly Finding[] {
  if (expected === undefined) return [];
  return answeredOf(seen)
    .filter(({ asked, seen: id }) => asked === null && id !== expected && initial.includes(id))
    .map(({ seen: id, first }) => ({
      name: "WRONG_CHAT",
      text: `${id} was answered, but of the chats that these people had ${expected} must become theirs`,
      operations: [first],
    }));
}

function sawNothing({ seen, initial }: LegacyCase, retired: Retired): readonly Finding[] {
  return seen.list
    .filter(({ asked, seen: id }) => id === null && (asked === null || initial.includes(asked)))
    .map(({ asked, first }) =>
      asked !== null && retired.has(asked)
        ? { name: "LOST", text: `${asked} led to nothing when it was merged`, operations: [first] }
        : {
            name: "TIME_TRAVEL",
            text: `nothing was seen of ${asked ?? initial[0]}, which was there before the run`,
            operations: [first],
          },
    );
}

function strangeIds({ seen, initial }: LegacyCase): readonly Finding[] {
  const known = seen.list.find(({ seen: id }) => id !== null && initial.includes(id));
  return answeredOf(seen)
    .filter(({ asked, seen: id }) => isStrange(initial, asked, id))
    .map(({ asked, seen: id, first }) => ({
      name: "SPLIT_ID",
      text:
        asked === null || initial.includes(asked)
          ? `${id} was answered, but these people had ${initial.join(" and ")} before the run`
          : `${asked} led to ${id}, and no merge explains it`,
      operations: [first, known?.first ?? null],
    }));
}

function isStrange(initial: readonly string[], asked: string | null, seen: string): boolean {
  return !initial.includes(seen) || (asked !== null && !initial.includes(asked));
}

function strangeMerges({ seen, initial }: LegacyCase): readonly Finding[] {
  return seen.merges
    .filter(({ asked, to, firstEnded }) => {
      return firstEnded !== null && to !== null && (asked === to || isStrange(initial, asked, to));
    })
    .map(({ asked, to, firstEnded }) => ({
      name: "PHANTOM_ID",
      text: `${asked} was merged into ${to}, but these people never had both`,
      operations: [firstEnded],
    }));
}

function contradictions(contradiction: Retirements["contradiction"]): readonly Finding[] {
  if (contradiction === null) return [];
  const [one, other] = contradiction;
  const text = `${one.asked} was merged into ${one.to} and into ${other.to}`;
  return [{ name: "SPLIT_ID", text, operations: [one.firstEnded, other.firstEnded] }];
}

/**
 * The first chat of these people must lead to every id that was answered for them. There is at most one such id, but
 * where merges with unknown outcomes form a circle there may be two: then one that explains everything is enough.
 */
function fates(evidence: Evidence, legacy: LegacyCase, retired: Retired): readonly Finding[] {
  const { initial } = legacy;
  const sightings = answeredOf(legacy.seen).filter(({ asked, seen }) => !isStrange(initial, asked, seen));
  const ofPeople = sightings.filter(({ asked }) => asked === null);
  const firsts = ofPeople.filter(({ seen }) =>
    ofPeople.every((other) => wayFrom(retired, seen, other.seen) !== null),
  );
  const isSplit = ofPeople.length > 0 && firsts.length === 0 && evidence.complete;
  const candidates = firsts.length === 0 ? [null] : firsts.map(({ seen }) => seen);
  const verdicts = candidates.map((chat) => {
    const { findings, happened } = retirementOrder(evidence, retired, sightings, chat);
    return [...findings, ...auditLegacy(evidence, legacy, { known: retired, happened })];
  });
  return [...(isSplit ? [split(ofPeople)] : []), ...leastOf(verdicts)];
}

function split(sightings: readonly Sighting[]): Finding {
  const some = sightings.slice(0, 2).map(({ seen }) => seen);
  return {
    name: "SPLIT_ID",
    text: `${sightings.length} different ids were answered, such as ${some.join(" and ")}, and no merge explains it`,
    operations: sightings.slice(0, 2).map(({ first }) => first),
  };
}
