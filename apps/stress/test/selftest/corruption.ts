import type { Operation } from "../../src/history/operation.ts";
import type { Anomaly } from "../../src/measure/result.ts";
import type { SampleHistory, SampleRegister } from "./sample-history.ts";

/** A way in which a system may be wrong, done to a correct history. */
export interface Corruption {
  /** The name under which it must be found. */
  readonly name: Anomaly["name"];
  /** What is wrong, for people. */
  readonly how: string;
  /** `null` where the first register does not offer the occasion. */
  readonly corrupt: (history: SampleHistory) => SampleHistory | null;
}

/** An id that no chat ever had. */
export const madeUpId = "made-up";

/** The history with its first register changed; that is the one that is corrupted. */
export function withFirst(
  history: SampleHistory,
  change: (first: SampleRegister) => SampleRegister | null,
): SampleHistory | null {
  const [first, ...others] = history.registers;
  const changed = first === undefined ? null : change(first);
  return changed === null ? null : { ...history, registers: [changed, ...others] };
}

export function withOperation(register: SampleRegister, changed: Operation): SampleRegister {
  const operations = register.operations.map((operation) =>
    operation.op === changed.op ? changed : operation,
  );
  return { ...register, operations };
}

/** One more call, right after the others in the file. */
export function withCall(register: SampleRegister, call: Partial<Operation>): SampleRegister {
  const [last] = register.operations.slice(-1);
  if (last === undefined) return register;
  const added = { ...last, ...plainCall, ...call, op: 1_000_000 + last.op };
  return { ...register, operations: [...register.operations, added] };
}

const plainCall = {
  kind: "ensure",
  outcome: "ok",
  id: null,
  created: null,
  asked: null,
  error: null,
} as const;

/** Calls by people that were answered with a chat. */
export function answersOf({ operations }: SampleRegister): readonly Operation[] {
  return operations.filter(
    ({ kind, outcome, id }) => outcome === "ok" && id !== null && (kind === "ensure" || kind === "find"),
  );
}

export function creatorOf({ operations }: SampleRegister): Operation | null {
  return operations.find(({ outcome, created }) => outcome === "ok" && created === true) ?? null;
}

/** When everybody could know of the chat; `null` if nobody was ever answered. */
export function knownAt(register: SampleRegister): number | null {
  const ends = answersOf(register).map(({ end }) => end);
  return ends.length === 0 ? null : Math.min(...ends);
}
