import { cell, nothing } from "../history/operation-table.ts";
import type { AuditedIds } from "./audited-ids.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { people, type Sighting, type Sightings } from "./sightings.ts";
import { always, isOpen, notAfter, notBefore, type Window } from "./window.ts";

/**
 * The operations of a register whose people had no chat before the run: nothing is seen, somebody creates, everybody
 * sees that one from then on. They are right if there is an instant for the creation that all answers allow.
 */
export function decideNew(
  evidence: Evidence,
  seen: Sightings,
  audited: AuditedIds | null,
): readonly Finding[] {
  const answered = seen.list.filter(({ seen: id }) => id !== nothing);
  const chat = theChat(evidence, seen, audited);
  return [
    ...splitIds(evidence, answered),
    ...strangeMerges(evidence, seen),
    ...doubleCreated(seen),
    ...uncreated(evidence, seen, answered),
    ...(chat === nothing ? [] : timeTravel(evidence, seen, chat)),
  ];
}

/** Of several ids, the one to judge the times of the others by: what is really there, else what somebody created. */
function theChat({ table }: Evidence, { list, creators }: Sightings, audited: AuditedIds | null): number {
  const ids = list.map(({ seen }) => seen).filter((id) => id !== nothing);
  const created = creators.map((row) => cell(table.id, row));
  return ids.find((id) => audited?.live.has(id)) ?? created[0] ?? ids[0] ?? nothing;
}

function splitIds({ idText }: Evidence, answered: readonly Sighting[]): readonly Finding[] {
  const strange = answered.find(({ asked, seen }) => asked !== people && asked !== seen);
  if (strange !== undefined)
    return [
      {
        name: "SPLIT_ID",
        text: `${idText(strange.asked)} led to ${idText(strange.seen)}, and no merge explains it`,
        rows: [strange.first],
      },
    ];
  const firsts = new Map(answered.toReversed().map((sighting) => [sighting.seen, sighting.first]));
  if (firsts.size < 2) return [];
  const ids = [...firsts.keys()].toReversed();
  const some = ids.slice(0, 2).map(idText).join(" and ");
  return [
    {
      name: "SPLIT_ID",
      text: `${ids.length} different ids were answered, such as ${some}`,
      rows: ids.slice(0, 2).flatMap((id) => firsts.get(id) ?? []),
    },
  ];
}

/** Whoever had no chat before the run has no second one that could be merged. */
function strangeMerges({ idText }: Evidence, { merges }: Sightings): readonly Finding[] {
  return merges
    .filter(({ firstEnded }) => firstEnded !== nothing)
    .map(({ asked, to, firstEnded }) => ({
      name: "PHANTOM_ID",
      text: `${idText(asked)} was merged into ${idText(to)}, but these people had no chat to merge`,
      rows: [firstEnded],
    }));
}

function doubleCreated({ creators }: Sightings): readonly Finding[] {
  if (creators.length < 2) return [];
  return [
    {
      name: "DOUBLE_CREATED",
      text: `${creators.length} calls were told that they had created the chat`,
      rows: creators.slice(0, 2),
    },
  ];
}

function uncreated(
  { complete, idText }: Evidence,
  { creators, candidate }: Sightings,
  answered: readonly Sighting[],
): readonly Finding[] {
  const [first] = answered;
  if (!complete || first === undefined || creators.length > 0 || candidate !== nothing) return [];
  return [
    {
      name: "UNCREATED",
      text: `${idText(first.seen)} was answered, but no call can have created it`,
      rows: answered.map(({ firstEnded }) => firstEnded),
    },
  ];
}

function timeTravel(evidence: Evidence, seen: Sightings, chat: number): readonly Finding[] {
  const { table, idText } = evidence;
  const answers = seen.list.filter((sighting) => sighting.seen === chat);
  const empty = seen.list.filter(
    (sighting) => sighting.seen === nothing && (sighting.asked === people || sighting.asked === chat),
  );
  const begun = empty.reduce(
    (window, { lastStarted }) => notBefore(window, cell(table.start, lastStarted), lastStarted),
    creation(evidence, seen, chat),
  );
  const window = answers.reduce(
    (narrowed, { firstEnded }) => notAfter(narrowed, cell(table.end, firstEnded), firstEnded),
    begun,
  );
  if (isOpen(window)) return [];
  const sawNothing = empty.some(({ lastStarted }) => lastStarted === window.fromRow);
  return [
    {
      name: "TIME_TRAVEL",
      text: sawNothing
        ? `nothing was seen by a call that began after ${idText(chat)} had been answered`
        : `${idText(chat)} was answered before any call that can have created it began`,
      rows: [window.fromRow, window.untilRow],
    },
  ];
}

/** When the creation can have happened, as far as whoever created says. */
function creation({ table, complete }: Evidence, { creators, candidate }: Sightings, chat: number): Window {
  const [creator, another] = creators;
  if (creator === undefined)
    return candidate === nothing || !complete
      ? always
      : notBefore(always, cell(table.start, candidate), candidate);
  const isItsOwn = another === undefined && cell(table.id, creator) === chat;
  return isItsOwn ? notBefore(always, cell(table.start, creator), creator) : always;
}
