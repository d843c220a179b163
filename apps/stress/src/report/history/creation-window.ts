import type { Register } from "../../history/history-line.ts";
import {
  cell,
  ensure,
  find,
  merge,
  nothing,
  ok,
  type OperationTable,
  unknown,
} from "../../history/operation-table.ts";

/** Between which instants the chat can have come to be, with the operations that say so. */
export interface CreationWindow {
  readonly from: number;
  readonly fromRow: number;
  /** Infinite while nobody was seen to be answered with the chat. */
  readonly until: number;
  readonly untilRow: number;
}

/**
 * Not before its creator began, nor before a read began that saw nothing; not after its creator ended, nor after
 * anybody was answered with it. `null` for chats older than the run, those that were merged, where several were
 * answered, and where nobody created.
 */
export function creationWindow(
  table: OperationTable,
  rows: Int32Array,
  { initial }: Pick<Register, "initial">,
): CreationWindow | null {
  if (initial.length > 0 || rows.some((row) => cell(table.kind, row) === merge)) return null;
  if (idsOf(table, rows).size > 1) return null;
  const creator = creatorOf(table, rows);
  if (creator === nothing) return null;
  const isAnswered = cell(table.outcome, creator) === ok;
  const window = {
    from: cell(table.start, creator),
    fromRow: creator,
    until: isAnswered ? cell(table.end, creator) : Number.POSITIVE_INFINITY,
    untilRow: creator,
  };
  for (const row of rows) if (cell(table.outcome, row) === ok) narrow(window, table, row);
  return window;
}

function idsOf(table: OperationTable, rows: Int32Array): ReadonlySet<number> {
  const answered = [...rows].filter((row) => cell(table.id, row) !== nothing);
  return new Set(answered.map((row) => cell(table.id, row)));
}

/** Who says so; else whoever may have created without an answer. The earliest of them allows the most. */
function creatorOf(table: OperationTable, rows: Int32Array): number {
  const ensures = [...rows].filter((row) => cell(table.kind, row) === ensure);
  const creators = ensures.filter((row) => cell(table.outcome, row) === ok && cell(table.created, row) === 1);
  if (creators.length > 0) return leastBy(creators, table.end);
  return leastBy(
    ensures.filter((row) => cell(table.outcome, row) === unknown),
    table.start,
  );
}

function leastBy(rows: readonly number[], column: Float64Array): number {
  let least: number = nothing;
  for (const row of rows) if (least === nothing || cell(column, row) < cell(column, least)) least = row;
  return least;
}

type Narrowing = { -readonly [name in keyof CreationWindow]: CreationWindow[name] };

function narrow(window: Narrowing, table: OperationTable, row: number): void {
  const sawNothing = cell(table.id, row) === nothing;
  if (sawNothing && cell(table.kind, row) === find && cell(table.start, row) > window.from) {
    window.from = cell(table.start, row);
    window.fromRow = row;
  }
  if (!sawNothing && cell(table.end, row) < window.until) {
    window.until = cell(table.end, row);
    window.untilRow = row;
  }
}
