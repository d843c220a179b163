import { cell, nothing } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import type { Sighting, Sightings } from "./sightings.ts";

/** An id that was answered and is not there at the end: LOST if the chat was stored once, else a PHANTOM_ID. */
export function lostOrPhantom(
  evidence: Evidence,
  seen: Sightings,
  { seen: id, first }: Sighting,
  live: ReadonlySet<number>,
): Finding {
  const own = seen.list.filter((sighting) => sighting.seen === id);
  const others = seen.list.filter(({ seen: other }) => other !== id && other !== nothing);
  const witnesses = [
    ...own.map(({ lastStarted }) => lastStarted),
    ...others.slice(0, 1).map((other) => other.first),
  ];
  const rows = [first, ...witnesses];
  const wasStored =
    own.length > 1 ||
    own.some(({ count }) => count > 1) ||
    (others.length + live.size > 0
      ? cameLater(evidence, seen, { id, first, others })
      : cell(evidence.table.created, first) === 1 || seen.candidate !== nothing);
  return goneChat(evidence.idText(id), { wasStored, rows });
}

export function goneChat(
  id: string,
  { wasStored, rows }: { readonly wasStored: boolean; readonly rows: readonly number[] },
): Finding {
  return wasStored
    ? { name: "LOST", text: `${id} was answered, and the database no longer holds it`, rows }
    : { name: "PHANTOM_ID", text: `${id} was answered, and the database never held it`, rows };
}

interface GoneChat {
  readonly id: number;
  readonly first: number;
  readonly others: readonly Sighting[];
}

/**
 * Whether the chat that there is instead can have come after this one had vanished. If it was there already, the only
 * call that ever saw this one made its id up.
 */
function cameLater(
  { table, history }: Evidence,
  { creators, candidate }: Sightings,
  { id, first, others }: GoneChat,
): boolean {
  const mayHaveCreated = [...creators.filter((row) => cell(table.id, row) !== id), candidate];
  const begun = earliest(
    table.start,
    mayHaveCreated.filter((row) => row !== nothing),
  );
  const seenAt = earliest(
    table.end,
    others.map(({ firstEnded }) => firstEnded),
  );
  const databaseKilled = history.faults.some(
    ({ fault, event, at }) =>
      fault === "db-kill" && event === "inject" && at >= cell(table.start, first) && at <= seenAt,
  );
  return databaseKilled || begun > cell(table.end, first);
}

/** One by one: a function takes only so many arguments, and there may be a million rows. */
function earliest(column: Float64Array, rows: readonly number[]): number {
  return rows.reduce((least, row) => Math.min(least, cell(column, row)), Number.POSITIVE_INFINITY);
}
