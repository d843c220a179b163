import { cell, ensure, find, merge, resolve } from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import type { Retirement } from "./retirements.ts";
import { people, type Sighting } from "./sightings.ts";
import type { Window } from "./window.ts";

interface Contradiction {
  /** The retired id. */
  readonly id: number;
  readonly retirement: Retirement;
  /** Closed before it opened. */
  readonly window: Window;
}

/** A retirement for which there is no instant. Its name says which rule was broken; that depends on who contradicts whom. */
export function outOfOrder(
  { table, idText }: Evidence,
  sightings: readonly Sighting[],
  { id, retirement, window }: Contradiction,
): Finding {
  const { fromRow, untilRow } = window;
  const { to } = retirement;
  const names = { id: idText(id), to: idText(to) };
  const ownMergeIsLate = cell(table.kind, fromRow) === merge && cell(table.asked, fromRow) === id;
  if (ownMergeIsLate && cell(table.kind, untilRow) === resolve)
    return {
      name: "TIME_TRAVEL",
      text: `${names.id} led to ${names.to} before any merge of it began`,
      rows: [fromRow, untilRow],
    };
  const askedByPeople = [ensure, find].includes(cell(table.kind, untilRow));
  const isProven = retirement.acknowledged && cell(table.start, fromRow) > cell(table.end, retirement.row);
  if (ownMergeIsLate || (askedByPeople && !isProven))
    return {
      name: "SPLIT_ID",
      text: ownMergeIsLate
        ? `both ${names.id} and ${names.to} were answered before any merge of ${names.id} began`
        : `both ${names.id} and ${names.to} were answered, and ${names.id} was live even after that`,
      rows: [...firstAnswer(sightings, id), untilRow, fromRow],
    };
  return {
    name: "STALE_AFTER_MERGE",
    text: `${names.id} was used by a call that began after it had been retired in favour of ${names.to}`,
    rows: [fromRow, isProven ? retirement.row : untilRow],
  };
}

/** The first call by people that was answered with this id. */
function firstAnswer(sightings: readonly Sighting[], id: number): readonly number[] {
  return sightings
    .filter(({ asked, seen }) => asked === people && seen === id)
    .map(({ firstEnded }) => firstEnded);
}
