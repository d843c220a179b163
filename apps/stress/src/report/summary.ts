import type { StressResult } from "../result/stress-result.ts";
import { countText, factorText, msFigure, rateText, spanText, unitText } from "./text/figure-text.ts";
import { shortened, visibleText } from "./text/visible-text.ts";
import { verdictText } from "./verdict-text.ts";

type Row = readonly string[];

/** The report for where Markdown is shown, sections in the order of their weight; the last ones go when it is too long. */
export function summaryMarkdown(result: StressResult, limitBytes: number): string {
  return fitting([headSection(result), ...sections(result)], limitBytes);
}

function sections(result: StressResult): readonly string[] {
  return [
    anomalySection(result),
    thresholdSection(result),
    contentionSection(result),
    ratioSection(result),
    faultSection(result),
    latencySection(result),
  ].filter((section) => section !== "");
}

function headSection(result: StressResult): string {
  const { verdict, reasons, profile, seed, durationMs, reproduce, contention } = result;
  const { title, tone, meaning } = verdictText(verdict);
  const mark = { good: "✅", bad: "❌", unsure: "⚠️" }[tone];
  const calls = contention.reduce((sum, { operations }) => sum + operations, 0);
  return [
    `## ${mark} onechat stress ${cell(profile)}: ${title}`,
    reasons.length === 0
      ? meaning
      : reasons
          .slice(0, 20)
          .map((reason) => `- ${cell(reason)}`)
          .join("\n"),
    `${countText(calls)} calls in ${spanText(durationMs)}, seed ${seed}`,
    codeBlock(reproduce),
  ].join("\n\n");
}

function anomalySection({ anomalies }: StressResult): string {
  const rows = anomalies.map(({ name, variant, path, workload, key, text }) => [
    name,
    `${workload} ${path} ${variant}`,
    key,
    text,
  ]);
  return table("Anomalies", ["anomaly", "where", "key", "what"], rows);
}

const marks = { met: "✓", missed: "✗", inconclusive: "~", unmeasured: "–" };

function thresholdSection({ thresholds }: StressResult): string {
  const rows = thresholds.map(({ expression, severity, outcome, unit, observed, low, high, decidedBy }) => [
    `${marks[outcome]} ${outcome}${outcome === "missed" && severity === "invalid" ? " (run invalid)" : ""}`,
    expression,
    intervalText(unitText(observed, unit), low, high),
    decidedBy,
  ]);
  return table("Thresholds", ["", "threshold", "observed", "decided by"], rows);
}

function intervalText(text: string, low: number | null, high: number | null): string {
  return low === null || high === null ? text : `${text} [${factorText(low)}, ${factorText(high)}]`;
}

function contentionSection({ contention }: StressResult): string {
  const rows = contention.map((group) => [
    `${group.workload} ${group.path} ${group.variant}`,
    ...[
      group.keys,
      group.operations,
      group.contendedKeys,
      group.widestOverlap,
      group.racesLost,
      group.unknown,
    ].map(countText),
  ]);
  const head = ["", "keys", "calls", "contended keys", "widest overlap", "races lost", "unknown"];
  return table("Contention", head, rows);
}

function ratioSection({ ratios }: StressResult): string {
  const rows = ratios.map(({ metric, of, to, path, workload, estimate, low, high, rounds }) => [
    `${metric} ${of}/${to}${of === to ? " (A/A)" : ""}`,
    `${workload} ${path}`,
    intervalText(factorText(estimate), low, high),
    countText(rounds),
  ]);
  return table("Ratios", ["", "where", "ratio [95 % interval]", "rounds"], rows);
}

function faultSection({ faults }: StressResult): string {
  const rows = faults.map(({ fault, target, injectedAt, healedAt, hit, recoveryMs }) => [
    `${fault} ${target}`,
    healedAt === null ? "not healed" : spanText((healedAt - injectedAt) / 1e6),
    countText(hit),
    spanText(recoveryMs),
  ]);
  return table("Faults", ["", "lasted", "calls hit", "recovery"], rows);
}

function latencySection({ latencies }: StressResult): string {
  const rows = latencies.map(({ workload, path, variant, measured, perSecond, ...summary }) => [
    `${workload} ${path} ${variant}${measured === "response" ? " (from intended start)" : ""}`,
    ...[summary.p50, summary.p95, summary.p99, summary.p999, summary.max].map(msFigure),
    rateText(perSecond),
  ]);
  return table("Latency, ms", ["", "p50", "p95", "p99", "p99.9", "max", "per second"], rows);
}

const rowsShown = 100;

function table(title: string, head: Row, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const rest = rows.length - rowsShown;
  return [
    `### ${title}`,
    "",
    line(head),
    line(head.map(() => "---")),
    ...rows.slice(0, rowsShown).map(line),
    ...(rest > 0 ? ["", `… and ${countText(rest)} more`] : []),
  ].join("\n");
}

function line(cells: Row): string {
  return `| ${cells.map(cell).join(" | ")} |`;
}

/** Nothing in a cell is taken for markup. */
function cell(text: string): string {
  return visibleText(shortened(text, 300))
    .replaceAll(/[\t\n ]+/g, " ")
    .replaceAll(/[\\`*_[\]|~#!]/g, String.raw`\$&`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** Longer than any run of backticks inside. */
function codeBlock(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}sh\n${visibleText(text)}\n${fence}`;
}

function fitting(parts: readonly string[], limitBytes: number): string {
  let text = "";
  for (const [i, part] of parts.entries()) {
    const longer = `${text}${i === 0 ? "" : "\n\n"}${part}`;
    const end = i === parts.length - 1 ? "\n" : "\n\n… the rest is in the report\n";
    if (Buffer.byteLength(longer + end) > limitBytes)
      return text === "" ? "" : `${text}\n\n… the rest is in the report\n`;
    text = longer;
  }
  return `${text}\n`;
}
