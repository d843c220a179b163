import { group } from "d3-array";
import type { Contention, FaultOutcome, StressResult, ThresholdOutcome } from "../measure/result.ts";
import { type Html, html } from "./html.ts";
import { observedText } from "./sections.ts";
import { instantText } from "./text/figure-text.ts";
import { shortened } from "./text/visible-text.ts";
import type { ReportView } from "./view.ts";

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
  readonly skipped?: string;
}

/** For whatever shows test results: a case per workload and path of the subject, per fault, per threshold, and one for the control. */
export function junitXml(view: ReportView): string {
  const { subject, durationMs, startedAt, contention, faults, thresholds } = view.result;
  const seconds = Number.isFinite(durationMs) ? (durationMs / 1_000).toFixed(3) : "0";
  const cases = [
    verdictCase(view.result),
    ...contention.filter(({ variant }) => variant === "ours").map((row) => groupCase(row, view)),
    ...controlCases(view.result),
    ...faults.map(faultCase),
    ...thresholds.map(thresholdCase),
  ];
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

function failed(type: string, message: string, text = message): Pick<Case, "failure"> {
  return { failure: { type, message, text } };
}

function verdictCase({ verdict, reasons }: StressResult): Case {
  const one = { suite: "run", name: "verdict" };
  return verdict === "pass" ? one : { ...one, ...failed(verdict, reasons[0] ?? verdict, reasons.join("\n")) };
}

function groupCase({ path, workload, operations }: Contention, { anomalies }: ReportView): Case {
  const one = { suite: "exactly one chat", name: `${workload} ${path}` };
  const found = anomalies.filter((anomaly) => anomaly.path === path && anomaly.workload === workload);
  const [first] = found;
  if (first === undefined) return operations === 0 ? { ...one, skipped: "no calls" } : one;
  const text = found.map(({ said, proof }) => [said, ...proof.map((each) => `  ${each}`)].join("\n"));
  return { ...one, ...failed(first.name, first.text, text.join("\n\n")) };
}

/** A control that is not caught means that nothing would be. */
function controlCases({ contention, controlAnomalies }: StressResult): readonly Case[] {
  if (!contention.some(({ variant, operations }) => variant === "naive" && operations > 0)) return [];
  const one = { suite: "controls", name: "the naive control is caught" };
  if (controlAnomalies.some(({ variant }) => variant === "naive")) return [one];
  const message = "find-then-insert without an index went unnoticed: the run could not have seen anything";
  return [{ ...one, ...failed("unknown", message) }];
}

function faultCase({ fault, target, injectedAt, healedAt, hit, recoveryMs }: FaultOutcome): Case {
  const one = { suite: "faults", name: `${fault} ${target} at ${instantText(injectedAt)}` };
  if (hit === 0) return { ...one, ...failed("unknown", "it hit no call in flight") };
  const isDead = healedAt !== null && recoveryMs === null;
  return isDead ? { ...one, ...failed("unknown", "no call was answered after it had ended") } : one;
}

function thresholdCase(threshold: ThresholdOutcome): Case {
  const { expression, severity, outcome, decidedBy } = threshold;
  const one = { suite: "thresholds", name: expression };
  if (outcome === "met") return one;
  const seen = `${outcome}: ${observedText(threshold)} (${decidedBy})`;
  return outcome === "missed" ? { ...one, ...failed(severity, seen) } : { ...one, skipped: seen };
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
