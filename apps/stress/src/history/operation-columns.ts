import type { Operation } from "./operation.ts";
import { emptyColumns, grownColumns, operationNames, writeRow } from "./operation-rows.ts";
import { operationScanner } from "./operation-scanner.ts";
import type { OperationTable } from "./operation-table.ts";

/** A table of operations that is being filled. */
export interface OperationColumns {
  readonly add: (operation: Operation) => void;
  /** Adds the operation that is written between two places of a buffer; `false` if it cannot be read in the quick way. */
  readonly scan: (bytes: Buffer, from: number, until: number) => boolean;
  readonly table: () => OperationTable;
}

/** Small, because there are histories of a few operations too. */
const firstRows = 16;

export function operationColumns(): OperationColumns {
  let columns = emptyColumns(firstRows);
  let length = 0;
  const names = operationNames();
  const scanInto = operationScanner(names);
  const makeRoom = (): void => {
    if (length === columns.op.length) columns = grownColumns(columns);
  };
  return {
    add(operation) {
      makeRoom();
      writeRow(columns, length, operation, names);
      length += 1;
    },
    scan(bytes, from, until) {
      makeRoom();
      const isRead = scanInto({ columns, row: length }, bytes, from, until);
      length += Number(isRead);
      return isRead;
    },
    table: () => ({
      ...columns,
      length,
      keys: names.keys.list,
      processes: names.processes.list,
      ids: names.ids.list,
      errors: names.errors.list,
      keyNamed: names.keys.find,
      idNamed: names.ids.find,
    }),
  };
}
