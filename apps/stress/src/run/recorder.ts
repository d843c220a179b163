import type {
  AuditedKey,
  FaultEvent,
  HistoryHeader,
  HistoryLine,
  MachineReading,
  Register,
} from "../history/history-line.ts";
import { openHistory } from "../history/history-writer.ts";
import type { Operation, Outcome } from "../history/operation.ts";
import type { SeenOperation } from "../worker/orders.ts";

/** Writes the history while the run makes it. */
export interface Recorder extends AsyncDisposable {
  register(registers: readonly Register[]): void;
  /** Numbers operations in the order in which they are heard of. */
  operations(process: string, operations: readonly SeenOperation[]): void;
  fault(event: Omit<FaultEvent, "type">): void;
  readonly machine: (reading: Omit<MachineReading, "type">) => void;
  audit(keys: readonly AuditedKey[]): Promise<void>;
  /** The last line; without it a history is not whole. */
  end(audited: boolean): void;
  /**
   * Resolves when the disk has caught up.
   *
   * @throws Error when it does not take any more
   */
  settled(): Promise<void>;
  readonly counts: () => Readonly<Record<Outcome, number>>;
}

export async function openRecorder(path: string, header: Omit<HistoryHeader, "type">): Promise<Recorder> {
  const writer = await openHistory(path);
  const counts: Record<Outcome, number> = { ok: 0, fail: 0, unknown: 0 };
  let operations = 0;
  let registers = 0;
  let room: Promise<void> = Promise.resolve();
  let failure: unknown = null;
  const write = (line: HistoryLine): void => {
    room = writer.write(line);
    room.catch((error: unknown) => (failure ??= error));
  };
  const writeOperation = (operation: Operation): void => {
    counts[operation.outcome] += 1;
    write(operation);
  };
  write({ type: "history", ...header });
  return {
    register(added) {
      registers += added.length;
      added.forEach(write);
    },
    operations(process, seen) {
      for (const operation of seen) {
        operations += 1;
        writeOperation({ type: "op", op: operations, process, ...operation });
      }
    },
    fault: (event) => write({ type: "fault", ...event }),
    machine: (reading) => write({ type: "machine", ...reading }),
    async audit(keys) {
      for (const key of keys) await writer.write(key);
    },
    end: (audited) => write({ type: "end", operations, registers, audited }),
    async settled() {
      await room;
      if (failure !== null) throw new Error("the history cannot be written", { cause: failure });
    },
    counts: () => ({ ...counts }),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}
