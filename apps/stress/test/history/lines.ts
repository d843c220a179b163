import type { HistoryFooter, HistoryHeader, HistoryLine, Register } from "../../src/history/history-line.ts";
import type { Operation } from "../../src/history/operation.ts";

export const header: HistoryHeader = {
  type: "history",
  version: 1,
  run: "a run",
  seed: 7,
  profile: "smoke",
  startedAt: "2026-01-01T00:00:00.000Z",
};

export const register: Register = {
  type: "register",
  key: "ours domain 1",
  variant: "ours",
  path: "domain",
  workload: "hot",
  participants: ["ann", "bob"],
  scope: "",
  initial: [],
};

export function operation(op: number, more: Partial<Operation> = {}): Operation {
  return {
    type: "op",
    op,
    key: register.key,
    kind: "ensure",
    process: "w1",
    intended: null,
    start: op * 1_000,
    end: op * 1_000 + 500,
    outcome: "ok",
    id: "66a000000000000000000001",
    created: false,
    asked: null,
    error: null,
    ...more,
  };
}

export const footer: HistoryFooter = { type: "end", operations: 1, registers: 1, audited: true };

/** One of each kind. */
export const allLines: readonly HistoryLine[] = [
  header,
  register,
  operation(1),
  { type: "fault", fault: "db-kill", event: "inject", at: 5, target: "database" },
  { type: "fault", fault: "db-kill", event: "heal", at: 9, target: "database", struck: 3 },
  { type: "machine", from: 9, until: 300_000_009, timersLateMs: 2.5, tookMs: { database: 4, api: null } },
  {
    type: "audit",
    key: register.key,
    live: [{ id: "66a000000000000000000001", participants: ["ann", "bob"], scope: "" }],
    redirects: [{ id: "66a000000000000000000002", to: null }],
  },
  footer,
];
