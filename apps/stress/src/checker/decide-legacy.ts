import { nothing } from "../history/operation-table.ts";
import type { AuditedIds } from "./audited-ids.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { auditLegacy } from "./audit-legacy.ts";
import { retirementOrder } from "./retirement-order.ts";
import { type Retired, type Retirements, retirementsOf, wayFrom } from "./retirements.ts";
import { people, type Sighting, type Sightings } from "./sightings.ts";

/** What is needed to judge a register whose people had chats before the run. */
export interface LegacyCase {
  readonly initial: readonly number[];
  readonly seen: Sightings;
  readonly audited: AuditedIds | null;
}

export interface LegacyDecision {
  readonly findings: readonly Finding[];
  /** Ids that the database says are retired, and no operation did it. */
  readonly unexplained: readonly number[];
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
  const verdicts = ways.map((retired) => fates(evidence, legacy, retired));
  return {
    findings: [
      ...doubleCreated(evidence, legacy),
      ...sawNothing(evidence, legacy, way),
      ...strangeIds(evidence, legacy),
      ...strangeMerges(evidence, legacy),
      ...contradictions(evidence, contradiction),
      ...leastOf(verdicts),
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

function doubleCreated({ idText }: Evidence, { seen, initial }: LegacyCase): readonly Finding[] {
  if (seen.creators.length === 0) return [];
  const text = `a chat was said to be created for people who had ${initial.map(idText).join(" and ")} before`;
  return [{ name: "DOUBLE_CREATED", text, rows: seen.creators.slice(0, 2) }];
}

function sawNothing(
  { idText }: Evidence,
  { seen, initial }: LegacyCase,
  retired: Retired,
): readonly Finding[] {
  return seen.list
    .filter(({ asked, seen: id }) => id === nothing && (asked === people || initial.includes(asked)))
    .map(({ asked, first }) =>
      retired.has(asked)
        ? { name: "LOST", text: `${idText(asked)} led to nothing when it was merged`, rows: [first] }
        : {
            name: "TIME_TRAVEL",
            text: `nothing was seen of ${idText(asked === people ? (initial[0] ?? nothing) : asked)}, which was there before the run`,
            rows: [first],
          },
    );
}

function strangeIds({ idText }: Evidence, { seen, initial }: LegacyCase): readonly Finding[] {
  const known = seen.list.find(({ seen: id }) => initial.includes(id));
  return seen.list
    .filter(({ asked, seen: id }) => id !== nothing && isStrange(initial, asked, id))
    .map(({ asked, seen: id, first }) => ({
      name: "SPLIT_ID",
      text:
        asked === people || initial.includes(asked)
          ? `${idText(id)} was answered, but these people had ${initial.map(idText).join(" and ")} before the run`
          : `${idText(asked)} led to ${idText(id)}, and no merge explains it`,
      rows: known === undefined ? [first] : [first, known.first],
    }));
}

function isStrange(initial: readonly number[], asked: number, seen: number): boolean {
  return !initial.includes(seen) || (asked !== people && !initial.includes(asked));
}

function strangeMerges({ idText }: Evidence, { seen, initial }: LegacyCase): readonly Finding[] {
  return seen.merges
    .filter(({ firstEnded }) => firstEnded !== nothing)
    .filter(({ asked, to }) => asked === to || isStrange(initial, asked, to))
    .map(({ asked, to, firstEnded }) => ({
      name: "PHANTOM_ID",
      text: `${idText(asked)} was merged into ${idText(to)}, but these people never had both`,
      rows: [firstEnded],
    }));
}

function contradictions(
  { idText }: Evidence,
  contradiction: Retirements["contradiction"],
): readonly Finding[] {
  if (contradiction === null) return [];
  const [one, other] = contradiction;
  return [
    {
      name: "SPLIT_ID",
      text: `${idText(one.asked)} was merged into ${idText(one.to)} and into ${idText(other.to)}`,
      rows: [one.firstEnded, other.firstEnded],
    },
  ];
}

/**
 * The first chat of these people must lead to every id that was answered for them. There is at most one such id, but
 * where merges with unknown outcomes form a circle there may be two: then one that explains everything is enough.
 */
function fates(evidence: Evidence, legacy: LegacyCase, retired: Retired): readonly Finding[] {
  const { initial } = legacy;
  const sightings = legacy.seen.list.filter(
    ({ asked, seen }) => initial.includes(seen) && (asked === people || initial.includes(asked)),
  );
  const ofPeople = sightings.filter(({ asked }) => asked === people);
  const firsts = ofPeople.filter(({ seen }) =>
    ofPeople.every((other) => wayFrom(retired, seen, other.seen) !== null),
  );
  const isSplit = ofPeople.length > 0 && firsts.length === 0 && evidence.complete;
  const candidates = firsts.length === 0 ? [null] : firsts.map(({ seen }) => seen);
  const verdicts = candidates.map((chat) => {
    const { findings, happened } = retirementOrder(evidence, retired, sightings, chat);
    return [...findings, ...auditLegacy(evidence, legacy, { known: retired, happened })];
  });
  return [...(isSplit ? [split(evidence, ofPeople)] : []), ...leastOf(verdicts)];
}

function split({ idText }: Evidence, sightings: readonly Sighting[]): Finding {
  const some = sightings.slice(0, 2).map(({ seen }) => idText(seen));
  return {
    name: "SPLIT_ID",
    text: `${sightings.length} different ids were answered, such as ${some.join(" and ")}, and no merge explains it`,
    rows: sightings.slice(0, 2).map(({ first }) => first),
  };
}
