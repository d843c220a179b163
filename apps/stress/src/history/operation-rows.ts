import { type Names, names } from "./names.ts";
import { type Operation, OperationKind, Outcome } from "./operation.ts";
import { nothing } from "./operation-table.ts";

/** The columns of a table, with room for some rows. */
export type Columns = ReturnType<typeof emptyColumns>;

export function emptyColumns(capacity: number) {
  return {
    op: new Float64Array(capacity),
    key: new Int32Array(capacity),
    kind: new Uint8Array(capacity),
    process: new Int32Array(capacity),
    intended: new Float64Array(capacity),
    start: new Float64Array(capacity),
    end: new Float64Array(capacity),
    outcome: new Uint8Array(capacity),
    id: new Int32Array(capacity),
    created: new Uint8Array(capacity),
    asked: new Int32Array(capacity),
    error: new Int32Array(capacity),
    retried: new Uint8Array(capacity),
  };
}

/** The same rows, with room for many more: memory that is never written to costs nothing. */
export function grownColumns(columns: Columns): Columns {
  const larger = emptyColumns(columns.op.length * 4);
  for (const name of Object.keys(columns) as (keyof Columns)[]) larger[name].set(columns[name]);
  return larger;
}

/** Stands in the `created` column where nothing was said. */
export const unsaid = 2;

type OperationError = NonNullable<Operation["error"]>;

/** The texts that stand behind the numbers. */
export interface OperationNames {
  readonly keys: Names;
  readonly processes: Names;
  readonly ids: Names;
  readonly errors: {
    readonly list: readonly OperationError[];
    readonly indexOf: (error: OperationError) => number;
  };
}

export function operationNames(): OperationNames {
  return { keys: names(), processes: names(), ids: names(), errors: errorNames() };
}

/** Most failures of a run say the same few things. */
function errorNames(): OperationNames["errors"] {
  const list: OperationError[] = [];
  const texts = names();
  return {
    list,
    indexOf(error) {
      const index = texts.indexOf(`${error.reason}\n${error.message}`);
      if (index === list.length) list.push(error);
      return index;
    },
  };
}

/** Writes an operation into a row. */
export function writeRow(
  columns: Columns,
  row: number,
  operation: Operation,
  { keys, processes, ids, errors }: OperationNames,
): void {
  const { id, created, asked, error } = operation;
  columns.op[row] = operation.op;
  columns.key[row] = keys.indexOf(operation.key);
  columns.kind[row] = OperationKind.options.indexOf(operation.kind);
  columns.process[row] = processes.indexOf(operation.process);
  columns.intended[row] = operation.intended ?? Number.NaN;
  columns.start[row] = operation.start;
  columns.end[row] = operation.end;
  columns.outcome[row] = Outcome.options.indexOf(operation.outcome);
  columns.id[row] = id === null ? nothing : ids.indexOf(id);
  columns.created[row] = created === null ? unsaid : Number(created);
  columns.asked[row] = asked === null ? nothing : ids.indexOf(asked);
  columns.error[row] = error === null ? nothing : errors.indexOf(error);
  columns.retried[row] = Number(operation.retried === true);
}
