import { type Operation, OperationKind, Outcome } from "./operation.ts";

/** Stands for `null` in a column of indexes, and for what is not there at all. */
export const nothing = -1;

/** The order is that of the numbers in the `kind` and `outcome` columns. */
const kinds = OperationKind.options;
const outcomes = Outcome.options;

export const ensure = kinds.indexOf("ensure");
export const find = kinds.indexOf("find");
export const resolve = kinds.indexOf("resolve");
export const merge = kinds.indexOf("merge");
export const ok = outcomes.indexOf("ok");
export const fail = outcomes.indexOf("fail");
export const unknown = outcomes.indexOf("unknown");

/**
 * All operations of a history, a column per field: a million of them in some sixty megabytes. A row is found by its
 * index, in the order of the file.
 */
export interface OperationTable {
  readonly length: number;
  /** The operations' own numbers. */
  readonly op: Float64Array;
  /** Into `keys`. */
  readonly key: Int32Array;
  readonly kind: Uint8Array;
  /** Into `processes`. */
  readonly process: Int32Array;
  /** NaN in a closed loop. */
  readonly intended: Float64Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly outcome: Uint8Array;
  /** Into `ids`, or `nothing`. */
  readonly id: Int32Array;
  /** 1 and 0; 2 where it was not said. */
  readonly created: Uint8Array;
  /** Into `ids`, or `nothing`. */
  readonly asked: Int32Array;
  /** Into `errors`, or `nothing`. */
  readonly error: Int32Array;
  /** 1 where an answer was asked for again, because the first may have been lost. */
  readonly retried: Uint8Array;
  readonly keys: readonly string[];
  readonly processes: readonly string[];
  readonly ids: readonly string[];
  readonly errors: readonly NonNullable<Operation["error"]>[];
  /** The place of a key in `keys`, or `nothing`. */
  readonly keyNamed: (key: string) => number;
  /** The place of an id in `ids`, or `nothing`. */
  readonly idNamed: (id: string) => number;
}

/** What a column holds in a row; the row is known to exist. */
export function cell(column: Float64Array | Int32Array | Uint8Array, row: number): number {
  return column[row] ?? nothing;
}

/** The operation in a row of the table. */
export function operationAt(table: OperationTable, row: number): Operation {
  const named = (names: readonly string[], column: Int32Array): string | null =>
    names[cell(column, row)] ?? null;
  const intended = cell(table.intended, row);
  return {
    type: "op",
    op: cell(table.op, row),
    key: named(table.keys, table.key) ?? "",
    kind: optionOf(kinds, cell(table.kind, row)),
    process: named(table.processes, table.process) ?? "",
    intended: Number.isNaN(intended) ? null : intended,
    start: cell(table.start, row),
    end: cell(table.end, row),
    outcome: optionOf(outcomes, cell(table.outcome, row)),
    id: named(table.ids, table.id),
    created: createdOf(cell(table.created, row)),
    asked: named(table.ids, table.asked),
    error: table.errors[cell(table.error, row)] ?? null,
    ...(cell(table.retried, row) === 1 ? { retried: true } : {}),
  };
}

function optionOf<T>(options: readonly T[], index: number): T {
  const option = options[index];
  if (option === undefined) throw new RangeError(`no option ${index}`);
  return option;
}

function createdOf(value: number): boolean | null {
  return value === 2 ? null : value === 1;
}

/** Every operation in the order of the file. */
export function* operationsOf(table: OperationTable): Generator<Operation, void, void> {
  for (let row = 0; row < table.length; row += 1) yield operationAt(table, row);
}
