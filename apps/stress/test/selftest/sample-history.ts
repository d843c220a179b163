import type { AuditedKey, FaultEvent, HistoryLine, Register } from "../../src/history/history-line.ts";
import type { Operation } from "../../src/history/operation.ts";
import type { SeededRandom } from "../../src/seeded-random.ts";
import { correctHistory } from "./random-history.ts";

/** Everything that a history says about one register. */
export interface SampleRegister {
  readonly register: Register;
  readonly operations: readonly Operation[];
  readonly audit: AuditedKey;
}

/** A history of a few registers, in a form in which it can be changed. */
export interface SampleHistory {
  readonly registers: readonly SampleRegister[];
  readonly faults: readonly FaultEvent[];
}

const keys = 4;
const mostOperations = 12;
/** Of the small histories, whose instants are small numbers, in nanoseconds. */
const instant = 1_000_000;

/** Correct, and read by an audit at the end. */
export function sampleHistory(random: SeededRandom): SampleHistory {
  const registers = Array.from({ length: keys }, (_, index) => sampleRegister(random, index));
  return { registers, faults: [] };
}

function sampleRegister(random: SeededRandom, index: number): SampleRegister {
  for (;;) {
    const { initial, operations, audit } = correctHistory(random, mostOperations);
    if (audit === null) continue;
    const key = `key-${index}`;
    const own = (id: string): string => `${id}-${index}`;
    const ownOrNull = (id: string | null): string | null => (id === null ? null : own(id));
    const participants = [`user-${index}-a`, `user-${index}-b`];
    return {
      register: { ...plainRegister, key, participants, initial: initial.map(own) },
      operations: operations.map((operation) => ({
        ...operation,
        op: index * mostOperations + operation.op,
        key,
        start: (operation.start + 10) * instant,
        end: (operation.end + 10) * instant,
        id: ownOrNull(operation.id),
        asked: ownOrNull(operation.asked),
      })),
      audit: {
        type: "audit",
        key,
        live: audit.live.map(({ id }) => ({ id: own(id), participants, scope: "" })),
        redirects: audit.redirects.map(({ id, to }) => ({ id: own(id), to: ownOrNull(to) })),
      },
    };
  }
}

const plainRegister = {
  type: "register",
  variant: "ours",
  path: "domain",
  workload: "burst",
  scope: "",
} as const;

export function sampleLines({ registers, faults }: SampleHistory): readonly HistoryLine[] {
  const operations = registers.flatMap((register) => register.operations);
  return [
    { type: "history", version: 1, run: "sample", seed: 0, profile: "selftest", startedAt: "" },
    ...registers.map(({ register }) => register),
    ...operations,
    ...faults,
    ...registers.map(({ audit }) => audit),
    { type: "end", operations: operations.length, registers: registers.length, audited: true },
  ];
}
