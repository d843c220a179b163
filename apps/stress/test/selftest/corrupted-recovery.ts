import type { FaultEvent } from "../../src/history/history-line.ts";
import { answersOf, type Corruption, withCall, withFirst } from "./corruption.ts";
import type { SampleHistory } from "./sample-history.ts";

const second = 1_000_000_000;
const faults: readonly FaultEvent[] = [
  { type: "fault", fault: "db-kill", event: "inject", at: second, target: "database" },
  { type: "fault", fault: "db-kill", event: "heal", at: 2 * second, target: "database" },
];
const late = { start: 4 * second, end: 6 * second } as const;
const unanswered = {
  ...late,
  outcome: "unknown",
  error: { reason: "TIMEOUT", message: "no answer" },
} as const;

/** What may be wrong after a fault. */
export const corruptedRecovery: readonly Corruption[] = [
  {
    name: "STUCK",
    how: "nobody is answered again after a fault",
    corrupt: (history) => withFirst({ ...history, faults }, (first) => withCall(first, unanswered)),
  },
  {
    name: "STUCK",
    how: "one chat is never answered again after a fault",
    corrupt: (history) =>
      withFirst(othersRecovered({ ...history, faults }), (first) => withCall(first, unanswered)),
  },
];

function othersRecovered({ registers: [first, ...others], ...history }: SampleHistory): SampleHistory {
  const recovered = others.map((register) => {
    const [answer] = answersOf(register);
    if (answer === undefined) return register;
    const merged = register.audit.redirects.find(({ id }) => id === answer.id);
    return withCall(register, { kind: "find", id: merged === undefined ? answer.id : merged.to, ...late });
  });
  return { ...history, registers: first === undefined ? recovered : [first, ...recovered] };
}
