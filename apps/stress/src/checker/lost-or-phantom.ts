import { cell, nothing } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import type { Sighting, Sightings } from "./sightings.ts";

/** An id that was answered and is not there at the end: LOST if the chat was stored once, else a PHANTOM_ID. */
export function lostOrPhantom(
  evidence: Evidence,
  seen: Sightings,
  { seen: id, first }: Sighting,
  live: readonly number[],
): Finding {
  const own = seen.list.filter((sighting) => sighting.seen === id);
  const others = seen.list.filter(({ seen: other }) => other !== id && other !== nothing);
  const rows = [first, ...own.map(({ lastStarted }) => lastStarted), ...others.map((other) => other.first)];
  const wasStored =
    own.length > 1 ||
    own.some(({ count }) => count > 1) ||
    (others.length + live.length > 0
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

/**
 * Whether the chat that there is instead can have come after this one had vanished. If it was there already, the only
 * call that ever saw this one made its id up.
 */
function cameLater(
  { table, history }: Evidence,
  { creators, candidate }: Sightings,
  {
    id,
    first,
    others,
  }: { readonly id: number; readonly first: number; readonly others: readonly Sighting[] },
): boolean {
  const begun = [...creators.filter((row) => cell(table.id, row) !== id), candidate]
    .filter((row) => row !== nothing)
    .map((row) => cell(table.start, row));
  const seenAt = Math.min(...others.map(({ firstEnded }) => cell(table.end, firstEnded)));
  const databaseKilled = history.faults.some(
    ({ fault, event, at }) =>
      fault === "db-kill" && event === "inject" && at >= cell(table.start, first) && at <= seenAt,
  );
  return databaseKilled || Math.min(...begun) > cell(table.end, first);
}
