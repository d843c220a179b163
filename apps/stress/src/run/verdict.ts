import { judgeHistory } from "../commands/judge-history.ts";
import type { CheckedHistory } from "../checker/checked-history.ts";
import { type ExitName, exits } from "../exit-codes.ts";
import type { ClientHealth, ThresholdOutcome } from "../result/stress-result.ts";

export type Verdict = Exclude<ExitName, "config">;

export interface Evidence {
  readonly checked: CheckedHistory;
  readonly thresholds: readonly ThresholdOutcome[];
  /** Whether a threshold is about speed as such, and not about how ours compares with others in the same run. */
  readonly needsSpeed: boolean;
  readonly client: ClientHealth;
  readonly interrupted: boolean;
  /** What went wrong in the harness itself. */
  readonly bug: string | null;
  /** What could not be done, a sentence each. */
  readonly omissions: readonly string[];
}

interface Finding {
  readonly verdict: Verdict;
  readonly reason: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/** The worst of everything that was found decides; whatever speaks against "pass" is said. */
export function judge({ checked, thresholds, needsSpeed, client, ...evidence }: Evidence): Judgement {
  const history = judgeHistory(checked);
  const findings: readonly Finding[] = [
    ...history.reasons.map((reason) => ({ verdict: history.verdict, reason })),
    ...(evidence.bug === null ? [] : [{ verdict: "bug", reason: evidence.bug } as const]),
    ...(evidence.interrupted ? [interruption] : []),
    ...evidence.omissions.map(doubt),
    ...client.reasons.map(
      (reason) => ({ verdict: needsSpeed ? "unknown" : "pass", reason: tooSlow(reason) }) as const,
    ),
    ...thresholds.flatMap(thresholdFindings),
  ];
  const order = Object.keys(exits);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return { verdict: sorted[0]?.verdict ?? "pass", reasons: sorted.map(({ reason }) => reason) };
}

const interruption: Finding = {
  verdict: "interrupted",
  reason: "the run was interrupted: what it had seen until then is here",
};

function tooSlow(reason: string): string {
  return `the calling processes were too busy for latencies and throughput to mean anything: ${reason}`;
}

function doubt(reason: string): Finding {
  return { verdict: "unknown", reason };
}

function thresholdFindings(outcome: ThresholdOutcome): readonly Finding[] {
  const { expression, severity, outcome: what, decidedBy } = outcome;
  if (what === "met") return [];
  const reason = `threshold ${what}: ${expression} (${decidedBy})`;
  return [{ verdict: what === "missed" && severity === "fail" ? "threshold" : "unknown", reason }];
}
