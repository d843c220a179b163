import { names } from "./names.ts";
import type { Operation } from "./operation.ts";
import { OperationKind, Outcome } from "./operation.ts";
import { nothing, type OperationTable } from "./operation-table.ts";

/** A table of operations that is being filled. */
export interface OperationColumns {
  add(operation: Operation): void;
  table(): OperationTable;
}

/** Small, because there are histories of a few operations too; a full table grows to twice its rows. */
const firstRows = 16;

const kindNumbers = numbersOf(OperationKind.options);
const outcomeNumbers = numbersOf(Outcome.options);

export function operationColumns(): OperationColumns {
  let columns = emptyColumns(firstRows);
  let length = 0;
  const keys = names();
  const processes = names();
  const ids = names();
  const errors = errorNames();
  const idIndex = (id: string | null): number => (id === null ? nothing : ids.indexOf(id));

  return {
    add(operation) {
      if (length === columns.op.length) columns = grown(columns);
      columns.op[length] = operation.op;
      columns.key[length] = keys.indexOf(operation.key);
      columns.kind[length] = kindNumbers[operation.kind] ?? 0;
      columns.process[length] = processes.indexOf(operation.process);
      columns.intended[length] = operation.intended ?? Number.NaN;
      columns.start[length] = operation.start;
      columns.end[length] = operation.end;
      columns.outcome[length] = outcomeNumbers[operation.outcome] ?? 0;
      columns.id[length] = idIndex(operation.id);
      columns.created[length] = operation.created === null ? 2 : Number(operation.created);
      columns.asked[length] = idIndex(operation.asked);
      columns.error[length] = operation.error === null ? nothing : errors.indexOf(operation.error);
      columns.retried[length] = operation.retried === true ? 1 : 0;
      length += 1;
    },
    table: () => ({
      ...columns,
      length,
      keys: keys.list,
      processes: processes.list,
      ids: ids.list,
      errors: errors.list,
    }),
  };
}

/** Most failures of a run say the same few things. */
function errorNames(): {
  readonly list: readonly NonNullable<Operation["error"]>[];
  indexOf(error: NonNullable<Operation["error"]>): number;
} {
  const list: NonNullable<Operation["error"]>[] = [];
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

function emptyColumns(capacity: number) {
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

type Columns = ReturnType<typeof emptyColumns>;

function grown(columns: Columns): Columns {
  const larger = emptyColumns(columns.op.length * 2);
  for (const name of Object.keys(columns) as (keyof Columns)[]) larger[name].set(columns[name]);
  return larger;
}

function numbersOf(options: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(options.map((option, index) => [option, index]));
}
