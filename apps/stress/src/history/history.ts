import type {
  AuditedKey,
  FaultEvent,
  HistoryFooter,
  HistoryHeader,
  HistoryLine,
  MachineReading,
  Register,
} from "./history-line.ts";
import { operationColumns } from "./operation-columns.ts";
import type { OperationTable } from "./operation-table.ts";

/** Everything that a run wrote down. */
export interface History {
  readonly header: HistoryHeader;
  readonly registers: readonly Register[];
  readonly operations: OperationTable;
  readonly faults: readonly FaultEvent[];
  readonly machine: readonly MachineReading[];
  readonly audit: readonly AuditedKey[];
  /** `null` when the history was cut short. */
  readonly footer: HistoryFooter | null;
}

/** A history that is being put together, line by line. */
export interface HistoryBuilder {
  add(line: HistoryLine): void;
  /** Adds what is written between two places of a buffer, if it is an operation that can be read in the quick way. */
  scan(bytes: Buffer, from: number, until: number): boolean;
  history(): History;
}

export function historyBuilder(header: HistoryHeader): HistoryBuilder {
  const registers: Register[] = [];
  const operations = operationColumns();
  const faults: FaultEvent[] = [];
  const machine: MachineReading[] = [];
  const audit: AuditedKey[] = [];
  let footer: HistoryFooter | null = null;
  return {
    add(line) {
      if (footer !== null) throw new Error("there is a line after the last one");
      switch (line.type) {
        case "op":
          return operations.add(line);
        case "register":
          return void registers.push(line);
        case "audit":
          return void audit.push(line);
        case "fault":
          return void faults.push(line);
        case "machine":
          return void machine.push(line);
        case "end":
          footer = line;
          return undefined;
        case "history":
          throw new Error("there is a second header");
      }
    },
    scan: (bytes, from, until) => footer === null && operations.scan(bytes, from, until),
    history: () => ({ header, registers, operations: operations.table(), faults, machine, audit, footer }),
  };
}

/** The history that these lines say; the first one is the header. */
export function historyOf(lines: Iterable<HistoryLine>): History {
  let builder: HistoryBuilder | null = null;
  for (const line of lines) {
    if (builder === null) {
      if (line.type !== "history") throw new Error("a history begins with its header");
      builder = historyBuilder(line);
    } else builder.add(line);
  }
  if (builder === null) throw new Error("a history begins with its header");
  return builder.history();
}
