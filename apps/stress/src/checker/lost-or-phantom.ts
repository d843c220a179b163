import type { Operation } from "../history/operation.ts";
import type { Answered } from "./decide-new.ts";
import type { Evidence, Finding } from "./evidence.ts";
import type { Sighting, Sightings } from "./sightings.ts";

/** An id that was answered and is not there at the end: LOST if the chat was stored once, else a PHANTOM_ID. */
export function lostOrPhantom(
  evidence: Evidence,
  seen: Sightings,
  { seen: id, first }: Answered,
  live: ReadonlySet<string>,
): Finding {
  const own = seen.list.filter((sighting) => sighting.seen === id);
  const others = seen.list.filter(({ seen: other }) => other !== id && other !== null);
  const operations = [
    first,
    ...own.map(({ lastStarted }) => lastStarted),
    ...others.slice(0, 1).map((other) => other.first),
  ];
  const wasStored =
    own.length > 1 ||
    own.some(({ count }) => count > 1) ||
    (others.length + live.size > 0
      ? cameLater(evidence, seen, { id, first, others })
      : first.created === true || seen.candidate !== null);
  return goneChat(id, wasStored, operations);
}

export function goneChat(id: string, wasStored: boolean, operations: Finding["operations"]): Finding {
  return wasStored
    ? { name: "LOST", text: `${id} was answered, and the database no longer holds it`, operations }
    : { name: "PHANTOM_ID", text: `${id} was answered, and the database never held it`, operations };
}

interface GoneChat {
  readonly id: string;
  readonly first: Operation;
  readonly others: readonly Sighting[];
}

/**
 * Whether the chat that there is instead can have come after this one had vanished. If it was there already, the only
 * call that ever saw this one made its id up.
 */
function cameLater(
  { history }: Evidence,
  { creators, candidate }: Sightings,
  { id, first, others }: GoneChat,
): boolean {
  const mayHaveCreated = [...creators.filter((creator) => creator.id !== id), candidate];
  const begun = least(mayHaveCreated.map((operation) => operation?.start));
  const seenAt = least(others.map(({ firstEnded }) => firstEnded.end));
  const databaseKilled = history.faults.some(
    ({ fault, event, at }) => fault === "db-kill" && event === "inject" && at >= first.start && at <= seenAt,
  );
  return databaseKilled || begun > first.end;
}

/** One by one: a function takes only so many arguments, and there may be a million. */
function least(instants: readonly (number | undefined)[]): number {
  return instants.reduce<number>(
    (first, instant = first) => Math.min(first, instant),
    Number.POSITIVE_INFINITY,
  );
}
