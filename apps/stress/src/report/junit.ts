import { group } from "d3-array";
import type { Contention, FaultOutcome, StressResult, ThresholdOutcome } from "../measure/result.ts";
import { type Html, html } from "./html.ts";
import { observedText } from "./sections.ts";
import { instantText } from "./text/figure-text.ts";
import { shortened } from "./text/visible-text.ts";
import type { Case, ReportView } from "./view.ts";

/** For whatever shows test results: a case per workload and path of the subject, per fault, per threshold, and one for the control. */
export function junitXml(view: ReportView): string {
  const { subject, durationMs, startedAt } = view.result;
  const seconds = Number.isFinite(durationMs) ? (durationMs / 1_000).toFixed(3) : "0";
  const cases = casesOf(view);
  const suites = group(cases, ({ suite }) => suite);
  return html`<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="stress ${flat(subject)}" ${countsOf(cases)} time="${seconds}"
      >${[...suites].map(
        ([suite, own]) =>
          html` <testsuite name="${suite}" ${countsOf(own)} time="${seconds}" timestamp="${startedAt}"
            >${own.map(caseXml)}
          </testsuite>`,
      )}
    </testsuites> `.markup;
}

function casesOf(view: ReportView): readonly Case[] {
  const { contention, faults, thresholds } = view.result;
  return [
    verdictCase(view.result),
    ...contention.filter(({ variant }) => variant === "ours").map((row) => groupCase(row, view)),
    ...controlCases(view.result),
    ...faults.map(faultCase),
    ...thresholds.map(thresholdCase),
  ];
}

function verdictCase({ verdict, reasons }: StressResult): Case {
  const one = { suite: "run", name: "verdict" };
  if (verdict === "pass") return one;
  return { ...one, failure: { type: verdict, message: reasons[0] ?? verdict, text: reasons.join("\n") } };
}

function groupCase({ path, workload, operations }: Contention, { anomalies }: ReportView): Case {
  const one = { suite: "exactly one chat", name: `${workload} ${path}` };
  const found = anomalies.filter((anomaly) => anomaly.path === path && anomaly.workload === workload);
  const [first] = found;
  if (first === undefined) return operations === 0 ? { ...one, skipped: "no calls" } : one;
  const text = found.map(({ name, key, keys, text: what, proof }) =>
    [
      `${name} on ${keys} keys, such as ${shortened(key, 200)}: ${what}`,
      ...proof.map((each) => `  ${each}`),
    ].join("\n"),
  );
  return { ...one, failure: { type: first.name, message: first.text, text: text.join("\n\n") } };
}

/** A control that is not caught means that nothing would be. */
function controlCases({ contention, controlAnomalies }: StressResult): readonly Case[] {
  if (!contention.some(({ variant, operations }) => variant === "naive" && operations > 0)) return [];
  const one = { suite: "controls", name: "the naive control is caught" };
  if (controlAnomalies.some(({ variant }) => variant === "naive")) return [one];
  const message = "find-then-insert without an index went unnoticed: the run could not have seen anything";
  return [{ ...one, failure: failureOf("unknown", message) }];
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

function caseXml({ suite, name, failure, skipped }: Case): Html {
  const inside =
    failure !== undefined
      ? html` <failure type="${failure.type}" message="${flat(failure.message)}">${failure.text}</failure>`
      : skipped !== undefined
        ? html`<skipped message="${flat(skipped)}" />`
        : null;
  const head = html`
    <testcase classname="stress.${suite}" name="${flat(name)}"`;
  return inside === null ? html`${head}/>` : html`${head}>${inside}</testcase>`;
}

function countsOf(cases: readonly Case[]): Html {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  return html`tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

/** As an attribute holds it. */
function flat(text: string): string {
  return shortened(text, 1_000).replaceAll(/\s+/g, " ");
}
