import type { History } from "../history/history.ts";
import { type Claims, measureHistory } from "./measure-history.ts";
import type { StressResult } from "./result.ts";
import { type Evidence, judge } from "./verdict.ts";

/** What a run knows of itself beside its history. */
export type Circumstances = Pick<Evidence, "interrupted" | "bug" | "omissions" | "notes">;

/** Everything that a history says by itself, and the verdict about it. */
export function judgedHistory(
  history: History,
  claims: Claims,
  circumstances: Circumstances = {},
): Omit<StressResult, "reproduce" | "durationMs" | "environment"> {
  const { checked, measured, needsSpeed } = measureHistory(history, claims);
  const { thresholds, client } = measured;
  const { verdict, reasons, notes } = judge({
    history,
    checked,
    thresholds,
    needsSpeed,
    client,
    ...circumstances,
  });
  return { ...measured, verdict, reasons: [...reasons], notes: [...notes] };
}
