import type { CheckedHistory } from "../checker/checked-history.ts";
import type { ExitName } from "../exit-codes.ts";
import { exits } from "../exit-codes.ts";
import type { ClientHealth, ThresholdOutcome } from "../result/stress-result.ts";
import type { RunSettings } from "./run-settings.ts";

export type Verdict = Exclude<ExitName, "config">;

export interface Evidence {
  readonly settings: Pick<RunSettings, "variants" | "paths">;
  readonly checked: CheckedHistory;
  readonly thresholds: readonly ThresholdOutcome[];
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
export function judge(evidence: Evidence): Judgement {
  const findings = [
    ...anomalyFindings(evidence),
    ...(evidence.bug === null ? [] : [{ verdict: "bug", reason: evidence.bug } as const]),
    ...(evidence.interrupted ? [interruption] : []),
    ...powerFindings(evidence),
    ...evidence.thresholds.flatMap(thresholdFindings),
  ];
  const order = Object.keys(exits);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return { verdict: sorted[0]?.verdict ?? "pass", reasons: sorted.map(({ reason }) => reason) };
}

const interruption: Finding = {
  verdict: "interrupted",
  reason: "the run was interrupted: what it had seen until then is here",
};

function anomalyFindings({ checked: { anomalies } }: Evidence): readonly Finding[] {
  const own = anomalies.filter(({ variant }) => variant === "ours");
  const control = anomalies.filter(({ variant }) => variant === "raw");
  const names = [...new Set(own.map(({ name }) => name))];
  return names.map((name) => {
    const count = own.filter((anomaly) => anomaly.name === name).length;
    const alike = control.some((anomaly) => anomaly.name === name);
    const blame = alike ? "; the bare driver shows the same, so the database may be to blame" : "";
    return { verdict: "anomaly", reason: `${name} on ${count} ${count === 1 ? "key" : "keys"}${blame}` };
  });
}

/** Why a pass would prove less than it says. */
function powerFindings({ settings, checked, client, omissions }: Evidence): readonly Finding[] {
  const reasons = [
    ...checked.problems,
    ...(hasNaive(settings)
      ? []
      : ["the naive control did not run: nothing shows that this run could have seen an anomaly"]),
    ...(lostRaces(checked) === 0 ? ["no call of onechat ever lost a race"] : []),
    ...omissions,
    ...(client.saturated ? client.reasons.map((reason) => `speed was not measured: ${reason}`) : []),
  ];
  return reasons.map((reason) => ({ verdict: "unknown", reason }));
}

function hasNaive({ variants, paths }: Evidence["settings"]): boolean {
  return variants.includes("naive") && paths.includes("domain");
}

function lostRaces({ contention }: CheckedHistory): number {
  return contention.reduce((sum, group) => sum + (group.variant === "ours" ? group.racesLost : 0), 0);
}

function thresholdFindings(outcome: ThresholdOutcome): readonly Finding[] {
  const { expression, severity, outcome: what, decidedBy } = outcome;
  if (what === "met") return [];
  const reason = `threshold ${what}: ${expression} (${decidedBy})`;
  return [{ verdict: what === "missed" && severity === "fail" ? "threshold" : "unknown", reason }];
}
