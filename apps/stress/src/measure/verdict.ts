import { group } from "d3-array";
import type { CheckedHistory } from "../checker/check-history.ts";
import { exits } from "../exit-codes.ts";
import type { History } from "../history/history.ts";
import type { Anomaly, ClientHealth, StressResult, ThresholdOutcome } from "./result.ts";

/** What a run knows of itself beside its history. */
export interface Circumstances {
  readonly interrupted?: boolean;
  readonly bug?: string | null;
  /** What was asked for and could not be done, a sentence each. */
  readonly omissions?: readonly string[];
  /** What was left out and need not worry anybody. */
  readonly notes?: readonly string[];
}

export interface Evidence extends Circumstances {
  readonly history: Pick<History, "header" | "footer">;
  readonly checked: CheckedHistory;
  readonly thresholds: readonly ThresholdOutcome[];
  /** Whether a threshold is about speed as such, and not about how the subject compares with others in the same run. */
  readonly needsSpeed: boolean;
  readonly client: ClientHealth;
}

export type Judgement = Pick<StressResult, "verdict" | "reasons" | "notes">;

interface Finding {
  readonly verdict: StressResult["verdict"];
  readonly reason: string;
}

/** The worst of everything that was found decides; whatever speaks against "pass" is said. */
export function judge(evidence: Evidence): Judgement {
  const { checked, thresholds, needsSpeed, client } = evidence;
  const busy = busyText(client);
  const findings: readonly Finding[] = [
    ...attributed(checked.anomalies).map((reason) => ({ verdict: "anomaly" as const, reason })),
    ...[...checked.problems, ...missingPower(evidence)].map(doubt),
    ...endings(evidence),
    ...(needsSpeed ? busy.map(doubt) : []),
    ...thresholds.flatMap(thresholdFindings),
  ];
  const order = Object.keys(exits);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return {
    verdict: sorted[0]?.verdict ?? "pass",
    reasons: sorted.map(({ reason }) => reason),
    notes: [...(evidence.notes ?? []), ...auditNotes(evidence.history), ...(needsSpeed ? [] : busy)],
  };
}

/** How often each name was found, of the subject alone; what the bare driver suffers too is likely the database's doing. */
function attributed(all: readonly Anomaly[]): readonly string[] {
  const anomalies = all.filter(({ variant }) => variant === "ours");
  return [...group(anomalies, ({ name }) => name)].map(([name, alike]) => {
    const isShared = all.some((control) => control.variant === "raw" && control.name === name);
    return `${onKeys(alike)}${isShared ? "; the bare driver shows the same: suspect the database" : ""}`;
  });
}

export function onKeys(alike: readonly Anomaly[]): string {
  return `${alike[0]?.name} on ${alike.length} ${alike.length === 1 ? "key" : "keys"}`;
}

/** What must be there for the absence of anomalies to mean something, and is not; a sentence each. */
function missingPower({ history, checked }: Evidence): readonly string[] {
  const { subject = "onechat" } = history.header;
  const { anomalies, contention, faults } = checked;
  const hasControl = contention.some(({ variant }) => variant === "naive");
  const isCaught = anomalies.some(({ variant }) => variant === "naive");
  const ours = contention.filter(({ variant, operations }) => variant === "ours" && operations > 0);
  const isRaced =
    ours.some(({ racesLost }) => racesLost > 0) || anomalies.some(({ variant }) => variant === "ours");
  const missing: string[] = [];
  if (!hasControl)
    missing.push("the naive control did not run: nothing shows that this run could have seen an anomaly");
  else if (!isCaught)
    missing.push(
      `the naive control was not caught: this load could not have shown an anomaly of ${subject} either`,
    );
  // Somebody else's service may be further away, or more patient, than the control beside it.
  if (subject !== "onechat" && ours.length > 0 && !isRaced)
    missing.push(`no call lost a race on ${subject}: callers did not really meet there`);
  for (const { fault, target, hit } of faults)
    if (hit === 0) missing.push(`the fault ${fault} on ${target} hit nothing that was under way`);
  return missing;
}

/** What ended a run early, and what it could not do. */
function endings({ interrupted = false, bug = null, omissions = [] }: Evidence): readonly Finding[] {
  const findings = omissions.map(doubt);
  const reason = "the run was interrupted: what it had seen until then is here";
  if (interrupted) findings.unshift({ verdict: "interrupted", reason });
  if (bug !== null) findings.unshift({ verdict: "bug", reason: bug });
  return findings;
}

function doubt(reason: string): Finding {
  return { verdict: "unknown", reason };
}

function busyText({ reasons }: ClientHealth): readonly string[] {
  if (reasons.length === 0) return [];
  return [`the calling processes were too busy for absolute latencies and throughput: ${reasons.join("; ")}`];
}

function auditNotes({ header: { subject = "onechat" }, footer }: Evidence["history"]): readonly string[] {
  const audit = footer?.audit;
  if (audit === "reads")
    return [`${subject} was read at the end by a new process; what its database held is not known`];
  return audit === "none"
    ? [`${subject} offers no way to read: only what its calls answered was checked`]
    : [];
}

function thresholdFindings(threshold: ThresholdOutcome): readonly Finding[] {
  const { expression, severity, outcome, decidedBy } = threshold;
  if (outcome === "met") return [];
  const reason = `threshold ${outcome}: ${expression} (${decidedBy})`;
  return [{ verdict: outcome === "missed" && severity === "fail" ? "threshold" : "unknown", reason }];
}
