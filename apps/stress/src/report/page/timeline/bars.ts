import type { KeyTimeline, OperationRow } from "../../report-data.ts";

/** A call as it is drawn. Times are nanoseconds since the key's origin. */
export interface Bar {
  readonly index: number;
  readonly op: number;
  readonly kind: OperationRow[1];
  readonly process: number;
  readonly start: number;
  readonly end: number;
  readonly outcome: OperationRow[5];
  readonly id: number;
  readonly created: boolean | null;
  readonly asked: number;
  readonly error: number;
  readonly isWitness: boolean;
  /** Counted through all lanes. */
  readonly row: number;
}

export interface Lane {
  readonly process: string;
  readonly row: number;
  readonly rows: number;
}

export interface Layout {
  /** In the order of their start. */
  readonly bars: readonly Bar[];
  readonly lanes: readonly Lane[];
  readonly rows: number;
}

/** A lane per process, with as many rows as it had calls under way at once. */
export function layOut({ operations, processes, anomalies }: KeyTimeline): Layout {
  const witnesses = new Set(anomalies.flatMap((anomaly) => anomaly.witnesses));
  const rows = operations.map(() => 0);
  const lanes: Lane[] = [];
  let total = 0;
  for (const { name, process } of named(processes)) {
    const taken = placeRows(operations, process, (index, row) => (rows[index] = total + row));
    lanes.push({ process: name, row: total, rows: taken });
    total += taken;
  }
  const bars = operations.map((operation, index) => barOf(operation, index, rows[index] ?? 0, witnesses));
  return { bars, lanes, rows: total };
}

/** "w10" comes after "w9". */
function named(processes: readonly string[]): readonly { readonly name: string; readonly process: number }[] {
  return processes
    .map((name, process) => ({ name, process }))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** Each call in the first row that is free again. */
function placeRows(
  operations: readonly OperationRow[],
  process: number,
  place: (index: number, row: number) => void,
): number {
  const freeFrom: number[] = [];
  for (const [index, operation] of operations.entries()) {
    const [, , caller, start, end] = operation;
    if (caller !== process) continue;
    const free = freeFrom.findIndex((instant) => instant < start);
    const row = free === -1 ? freeFrom.length : free;
    freeFrom[row] = end;
    place(index, row);
  }
  return freeFrom.length;
}

function barOf(operation: OperationRow, index: number, row: number, witnesses: ReadonlySet<number>): Bar {
  const [op, kind, process, start, end, outcome, id, created, asked, error] = operation;
  const isWitness = witnesses.has(op);
  return { index, op, kind, process, start, end, outcome, id, created, asked, error, isWitness, row };
}
