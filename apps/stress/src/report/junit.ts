import type { Operation } from "../history/operation.ts";
import type {
  Anomaly,
  Contention,
  FaultOutcome,
  StressResult,
  ThresholdOutcome,
} from "../result/stress-result.ts";
import { instantText, unitText } from "./text/figure-text.ts";
import { operationText } from "./text/operation-text.ts";
import { shortened, visibleText } from "./text/visible-text.ts";

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
  readonly skipped?: string;
}

type Witnesses = ReadonlyMap<number, Operation>;

/** For whatever shows test results: a case per workload, path and variant, per fault and per threshold. */
export function junitXml(result: StressResult, witnesses: Witnesses): string {
  const cases = [
    verdictCase(result),
    ...result.contention.map((group) => groupCase(group, result, witnesses)),
    ...controlCases(result),
    ...result.faults.map(faultCase),
    ...result.thresholds.map(thresholdCase),
  ];
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) =>
    suiteXml(
      suite,
      cases.filter((one) => one.suite === suite),
      result,
    ),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="onechat stress" ${countsOf(cases)} time="${secondsText(result.durationMs)}">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function verdictCase({ verdict, reasons }: StressResult): Case {
  const one = { suite: "run", name: "verdict" };
  if (verdict === "pass") return one;
  return { ...one, failure: { type: verdict, message: reasons[0] ?? verdict, text: reasons.join("\n") } };
}

function groupCase(group: Contention, result: StressResult, witnesses: Witnesses): Case {
  const { variant, path, workload } = group;
  const one = { suite: "exactly one chat", name: `${workload} ${path} ${variant}` };
  const found = result.anomalies.filter((anomaly) => isOf(anomaly, group));
  const [first] = found;
  if (first === undefined) return group.operations === 0 ? { ...one, skipped: "no calls" } : one;
  const text = found.slice(0, 20).map((anomaly) => anomalyText(anomaly, witnesses));
  const rest = found.length - text.length;
  const all = rest > 0 ? [...text, `… and ${rest} more anomalies`] : text;
  return { ...one, failure: { type: first.name, message: first.text, text: all.join("\n\n") } };
}

function isOf(anomaly: Anomaly, { variant, path, workload }: Contention): boolean {
  return anomaly.variant === variant && anomaly.path === path && anomaly.workload === workload;
}

function anomalyText({ name, key, text, witnesses: ops }: Anomaly, witnesses: Witnesses): string {
  const lines = ops.map((op) => {
    const operation = witnesses.get(op);
    return `  ${operation === undefined ? `op ${op}` : operationText(operation)}`;
  });
  return [`${name} of ${shortened(key, 200)}: ${text}`, ...lines].join("\n");
}

/** A control that is not caught means that nothing would be. */
function controlCases({ contention, controlAnomalies }: StressResult): readonly Case[] {
  if (!contention.some(({ variant, operations }) => variant === "naive" && operations > 0)) return [];
  const one = { suite: "controls", name: "the naive control is caught" };
  if (controlAnomalies.length > 0) return [one];
  const message = "find-then-insert without an index went unnoticed: the run could not have seen anything";
  return [{ ...one, failure: { type: "unknown", message, text: message } }];
}

function faultCase({ fault, target, injectedAt, healedAt, hit, recoveryMs }: FaultOutcome): Case {
  const one = { suite: "faults", name: `${fault} ${target} at ${instantText(injectedAt)}` };
  if (hit === 0) return { ...one, failure: failureOf("unknown", "it hit no call in flight") };
  if (healedAt !== null && recoveryMs === null)
    return { ...one, failure: failureOf("unknown", "no call was answered after it had ended") };
  return one;
}

function failureOf(type: string, message: string): NonNullable<Case["failure"]> {
  return { type, message, text: message };
}

function thresholdCase(threshold: ThresholdOutcome): Case {
  const { expression, severity, outcome, decidedBy } = threshold;
  const one = { suite: "thresholds", name: expression };
  if (outcome === "met") return one;
  const seen = `${observedText(threshold)} (${decidedBy})`;
  if (outcome === "missed") return { ...one, failure: failureOf(severity, `missed: ${seen}`) };
  return { ...one, skipped: `${outcome}: ${seen}` };
}

function observedText({ observed, low, high, unit }: ThresholdOutcome): string {
  const interval = low === null || high === null ? "" : ` [${unitText(low, unit)}, ${unitText(high, unit)}]`;
  return `${unitText(observed, unit)}${interval}`;
}

function suiteXml(name: string, cases: readonly Case[], { startedAt, durationMs }: StressResult): string {
  const attributes = `name="${attribute(name)}" ${countsOf(cases)} time="${secondsText(durationMs)}"`;
  return [
    `  <testsuite ${attributes} timestamp="${attribute(startedAt)}">`,
    ...cases.map(caseXml),
    "  </testsuite>",
  ].join("\n");
}

function caseXml({ suite, name, failure, skipped }: Case): string {
  const head = `    <testcase classname="stress.${attribute(suite)}" name="${attribute(name)}"`;
  if (failure !== undefined)
    return [
      `${head}>`,
      `      <failure type="${attribute(failure.type)}" message="${attribute(failure.message)}">${content(failure.text)}</failure>`,
      "    </testcase>",
    ].join("\n");
  return skipped === undefined
    ? `${head}/>`
    : `${head}><skipped message="${attribute(skipped)}"/></testcase>`;
}

function countsOf(cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  return `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function secondsText(ms: number): string {
  return Number.isFinite(ms) ? (ms / 1_000).toFixed(3) : "0";
}

/** Entities rather than CDATA, which its own end would break. */
function content(text: string): string {
  return visibleText(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function attribute(text: string): string {
  return content(shortened(text, 1_000)).replaceAll('"', "&quot;").replaceAll(/\s+/g, " ");
}
