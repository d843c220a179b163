import type { History } from "../history/history.ts";
import type { AuditedKey, Register } from "../history/history-line.ts";
import type { Operation } from "../history/operation.ts";
import type { Anomaly } from "../measure/result.ts";

export interface KeyEvidence {
  readonly register: Register;
  /** In the order of the file. */
  readonly operations: readonly Operation[];
  readonly audit: AuditedKey | null;
}

/** A history in the form in which it is decided. */
export interface Evidence {
  readonly history: History;
  readonly keys: readonly KeyEvidence[];
  readonly keyNamed: (key: string) => KeyEvidence | undefined;
  /** Whether every operation of the run is in the history. Where some may be missing, they may explain anything. */
  readonly complete: boolean;
}

/** An anomaly of the register that is being looked at, with its witnesses. */
export interface Finding extends Pick<Anomaly, "name" | "text"> {
  readonly operations: readonly (Operation | null)[];
}

export function finding(name: Finding["name"], text: string, operations: Finding["operations"]): Finding {
  return { name, text, operations };
}

export function evidenceOf(history: History): Evidence {
  const { operations, registers, audit, footer } = history;
  const byKey = new Map<string, KeyEvidence & { operations: Operation[]; audit: AuditedKey | null }>();
  for (const register of registers)
    if (!byKey.has(register.key)) byKey.set(register.key, { register, operations: [], audit: null });
  for (const operation of operations) byKey.get(operation.key)?.operations.push(operation);
  for (const audited of audit) {
    const known = byKey.get(audited.key);
    if (known !== undefined) known.audit = audited;
  }
  return {
    history,
    keys: [...byKey.values()],
    keyNamed: (key) => byKey.get(key),
    complete:
      footer !== null && footer.operations === operations.length && footer.registers === registers.length,
  };
}

/**
 * Whether an operation is an answer: what it says was so at some instant between its start and its end. That is what
 * was seen; and of a question about what is not there, that it is not.
 */
export function isAnswer({ outcome, kind, error }: Operation): boolean {
  if (outcome !== "fail") return outcome === "ok";
  return (kind === "find" || kind === "resolve") && error?.reason === "CHAT_NOT_FOUND";
}
