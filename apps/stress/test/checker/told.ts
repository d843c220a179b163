import { checkHistory } from "../../src/checker/check-history.ts";
import { type History, historyOf } from "../../src/history/history.ts";
import type {
  AuditedKey,
  FaultEvent,
  HistoryLine,
  MachineReading,
  Register,
} from "../../src/history/history-line.ts";
import type { Operation } from "../../src/history/operation.ts";
import type { Anomaly } from "../../src/measure/result.ts";

// Histories as a few words: who asked when, and what was answered. Instants are plain numbers.

/** A call that has no number and no key yet. */
export type Told = Partial<Operation> & Pick<Operation, "start" | "end">;

export const people = ["ann", "bob"];

export function register(more: Partial<Register> = {}): Register {
  return {
    type: "register",
    key: "k",
    variant: "ours",
    path: "domain",
    workload: "burst",
    participants: people,
    scope: "",
    initial: [],
    ...more,
  };
}

export function created(id: string, start: number, end: number): Told {
  return { id, created: true, start, end };
}

export function got(id: string, start: number, end: number): Told {
  return { id, created: false, start, end };
}

export function found(id: string | null, start: number, end: number): Told {
  return { kind: "find", id, start, end };
}

export function resolved(asked: string, id: string | null, start: number, end: number): Told {
  return { kind: "resolve", asked, id, start, end };
}

export function merged(asked: string, id: string, start: number, end: number): Told {
  return { kind: "merge", asked, id, start, end };
}

/** Without an answer: whatever may have happened. */
export function unanswered(call: Told): Told {
  const id = call.kind === "merge" ? (call.id ?? null) : null;
  return {
    ...call,
    outcome: "unknown",
    id,
    created: null,
    error: { reason: "TIMEOUT", message: "no answer" },
  };
}

/** An `ensure` that provably did nothing. */
export function refused(reason: string, start: number, end: number): Told {
  return { outcome: "fail", start, end, error: { reason, message: "refused" } };
}

/** What the database holds at the end: live ids, and retired ones with where they lead. */
export function stored(
  live: readonly string[],
  redirects: Readonly<Record<string, string | null>> = {},
  key = "k",
): AuditedKey {
  return {
    type: "audit",
    key,
    live: live.map((id) => ({ id, participants: people, scope: "" })),
    redirects: Object.entries(redirects).map(([id, to]) => ({ id, to })),
  };
}

export interface Story {
  readonly registers?: readonly Register[];
  readonly calls: readonly Told[];
  readonly faults?: readonly FaultEvent[];
  readonly machine?: readonly MachineReading[];
  /** Without it, the database was not read. */
  readonly audit?: readonly AuditedKey[];
  /** Without its last line. */
  readonly cutShort?: boolean;
}

export function story(told: Story): History {
  return historyOf(storyLines(told));
}

export function storyLines(told: Story): readonly HistoryLine[] {
  const { registers = [register()], calls, faults = [], machine = [], audit = [], cutShort } = told;
  const operations = calls.map(numbered);
  const lines: readonly HistoryLine[] = [
    { type: "history", version: 1, run: "story", seed: 1, profile: "test", startedAt: "" },
    ...registers,
    ...operations,
    ...faults,
    ...machine,
    ...audit,
  ];
  const counts = { operations: operations.length, registers: registers.length };
  return cutShort === true ? lines : [...lines, { type: "end", ...counts, audited: audit.length > 0 }];
}

export function numbered(call: Told, index: number): Operation {
  return {
    type: "op",
    op: index + 1,
    key: "k",
    kind: "ensure",
    process: "w1",
    intended: null,
    outcome: "ok",
    id: null,
    created: null,
    asked: null,
    error: null,
    ...call,
  };
}

/** `NAME 1 2`: what was found in the calls of one register, with the numbers of the witnesses. */
export function anomaliesIn(told: Story | readonly Told[]): readonly string[] {
  const { anomalies } = checkHistory(story("calls" in told ? told : { calls: told }));
  return anomalies.map(witnessed);
}

function witnessed({ name, witnesses }: Anomaly): string {
  return [name, ...witnesses].join(" ");
}
