import { exits } from "../exit-codes.ts";
import type { StressResult } from "../result/stress-result.ts";

type Verdict = StressResult["verdict"];

/** How a verdict looks: its title, and whether it is good, bad, or neither. */
export interface VerdictText {
  readonly title: string;
  readonly tone: "good" | "bad" | "unsure";
  readonly meaning: string;
}

const looks: Readonly<Record<Verdict, Pick<VerdictText, "title" | "tone">>> = {
  pass: { title: "Pass", tone: "good" },
  anomaly: { title: "Anomaly", tone: "bad" },
  threshold: { title: "Threshold missed", tone: "bad" },
  bug: { title: "Harness failed", tone: "bad" },
  unknown: { title: "Nothing proven", tone: "unsure" },
  interrupted: { title: "Interrupted", tone: "unsure" },
};

export function verdictText(verdict: Verdict): VerdictText {
  return { ...looks[verdict], meaning: exits[verdict].meaning };
}
