import {
  cell,
  ensure,
  fail,
  merge,
  nothing,
  ok,
  type OperationTable,
  resolve,
  unknown,
} from "../history/operation-table.ts";
import type { Evidence } from "./evidence.ts";

/** Stands for the id that was asked for where people were. */
export const people = -2;

/** All answers that say the same: asked for this, they named that. */
export interface Sighting {
  /** `people`, or the id that was asked for. */
  readonly asked: number;
  /** The id that was answered, or `nothing`. */
  readonly seen: number;
  count: number;
  readonly first: number;
  /** The row that began last: it was still so then or later. */
  lastStarted: number;
  /** The row that ended first: it was so by then. */
  firstEnded: number;
}

/** All merges that retire one id in favour of one other. */
export interface SeenMerge {
  readonly asked: number;
  readonly to: number;
  firstStarted: number;
  /** `nothing` while all of them have unknown outcomes. */
  firstEnded: number;
}

/** What the operations of a register say, with nothing left of them but what can matter. */
export interface Sightings {
  readonly list: readonly Sighting[];
  readonly merges: readonly SeenMerge[];
  /** Rows that say "I created it". */
  readonly creators: readonly number[];
  /** Of the calls that may have created without saying so, the one that began first; or `nothing`. */
  readonly candidate: number;
}

/** Leaves out what says an id of somebody else's: that is an anomaly of its own. */
export function sightingsOf(
  evidence: Evidence,
  register: number,
  foreign: ReadonlyMap<number, unknown>,
): Sightings {
  const { table } = evidence;
  const seen = new Map<number, Sighting>();
  const merges = new Map<number, SeenMerge>();
  const creators: number[] = [];
  let candidate = nothing;
  for (const row of evidence.rowsOf(register)) {
    const kind = cell(table.kind, row);
    if (kind === merge) gatherMerge(table, merges, row);
    else if (evidence.isAnswer(row) && !foreign.has(cell(table.id, row))) {
      gatherAnswer(table, seen, row);
      if (cell(table.created, row) === 1) creators.push(row);
    }
    if (kind === ensure && mayHaveCreated(table, row)) candidate = firstStarted(table, candidate, row);
  }
  return { list: [...seen.values()], merges: [...merges.values()], creators, candidate };
}

function gatherAnswer(table: OperationTable, sightings: Map<number, Sighting>, row: number): void {
  const asked = cell(table.kind, row) === resolve ? cell(table.asked, row) : people;
  const seen = cell(table.id, row);
  const known = sightings.get(pairNumber(asked, seen));
  if (known === undefined) {
    const sighting = { asked, seen, count: 1, first: row, lastStarted: row, firstEnded: row };
    sightings.set(pairNumber(asked, seen), sighting);
    return;
  }
  known.count += 1;
  if (cell(table.start, row) > cell(table.start, known.lastStarted)) known.lastStarted = row;
  if (cell(table.end, row) < cell(table.end, known.firstEnded)) known.firstEnded = row;
}

function gatherMerge(table: OperationTable, merges: Map<number, SeenMerge>, row: number): void {
  if (cell(table.outcome, row) === fail) return;
  const [asked, to] = [cell(table.asked, row), cell(table.id, row)];
  const known = merges.get(pairNumber(asked, to)) ?? { asked, to, firstStarted: row, firstEnded: nothing };
  known.firstStarted = firstStarted(table, known.firstStarted, row);
  if (cell(table.outcome, row) === ok && !endedBefore(table, known.firstEnded, row)) known.firstEnded = row;
  merges.set(pairNumber(asked, to), known);
}

/** An unknown outcome, or the last answer to a question of which an earlier answer may have been lost. */
function mayHaveCreated(table: OperationTable, row: number): boolean {
  const outcome = cell(table.outcome, row);
  return (
    outcome === unknown ||
    (outcome === ok && cell(table.retried, row) === 1 && cell(table.created, row) === 0)
  );
}

function firstStarted(table: OperationTable, known: number, row: number): number {
  return known !== nothing && cell(table.start, known) <= cell(table.start, row) ? known : row;
}

function endedBefore(table: OperationTable, known: number, row: number): boolean {
  return known !== nothing && cell(table.end, known) <= cell(table.end, row);
}

/** One number for two ids of less than 2^26 each. */
function pairNumber(asked: number, seen: number): number {
  return (asked - people) * 2 ** 26 + seen - nothing;
}
