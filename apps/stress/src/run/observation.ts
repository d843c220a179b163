import type { FaultEvent, MachineReading, Register } from "../history/history-line.ts";
import type { SeenOperation } from "../worker/orders.ts";
import type { Recorder } from "./recorder.ts";

/** Everything that is seen during a run goes through here, into the history and to whoever asked for it. */
export interface Observation {
  /** People whose chat is kept in this database. */
  enter(database: string, registers: readonly Register[]): void;
  readonly heard: (process: string, operations: readonly SeenOperation[]) => void;
  fault(event: Omit<FaultEvent, "type">): void;
  readonly machine: (reading: Omit<MachineReading, "type">) => void;
  /** From now on, until the result is called. */
  listen(listener: (operations: readonly SeenOperation[]) => void): () => void;
  /** Resolves when the history has been written so far. */
  settled(): Promise<void>;
  /** Registers by the database in which they are. */
  registers(): ReadonlyMap<string, readonly Register[]>;
}

export function observation(recorder: Recorder): Observation {
  const registers = new Map<string, Register[]>();
  const listeners = new Set<(operations: readonly SeenOperation[]) => void>();
  return {
    enter(database, added) {
      recorder.register(added);
      const known = registers.get(database);
      if (known === undefined) registers.set(database, [...added]);
      else known.push(...added);
    },
    heard(process, operations) {
      recorder.operations(process, operations);
      for (const listener of listeners) listener(operations);
    },
    fault: (event) => recorder.fault(event),
    machine: (reading) => recorder.machine(reading),
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    settled: () => recorder.settled(),
    registers: () => registers,
  };
}
