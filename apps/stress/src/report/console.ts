import { group, max, transpose } from "d3-array";
import type { StressResult } from "../measure/result.ts";
import { onKeys } from "../measure/verdict.ts";
import { observedText } from "./sections.ts";
import { nameOf } from "./table.ts";
import { countText, factorText, recoveryText } from "./text/figure-text.ts";
import { visibleText } from "./text/visible-text.ts";
import type { ReportView } from "./view.ts";

export interface ConsoleLook {
  readonly color: boolean;
  /** So many kinds of anomalies are shown with their witnesses. */
  readonly shown: number;
  readonly places: readonly string[];
}

/** The end of a run on a terminal: what was found, what proves it, what it is worth, and where the rest is. */
export function consoleText(view: ReportView, { color, shown, places }: ConsoleLook): string {
  const { result, anomalies, meaning } = view;
  const { headline, reasons, notes, thresholds, ratios, faults, subject } = result;
  const blocks = [
    [
      `${heading(result.verdict, color)}: ${meaning}`,
      ...(headline === null ? [] : [`  ${headline}`]),
      ...reasons.map((reason) => `  ${reason}`),
      ...notes.map((note) => `  note: ${note}`),
    ],
    ...anomalies.slice(0, shown).map(({ said, proof }) => [said, ...proof.map((line) => `    ${line}`)]),
    contentionTable(result),
    controlLines(result),
    faults.map(
      (outcome) => `  ${outcome.fault} on ${outcome.target}: hit ${outcome.hit}, ${recoveryText(outcome)}`,
    ),
    ratios
      .filter(({ metric }) => metric === "latency.p50")
      .map(({ of, to, path, workload, estimate, low, high }) => {
        const interval = low === null || high === null ? "" : ` (${factorText(low)}–${factorText(high)})`;
        const sides = of === to ? `${subject} twice, the resolution` : `${nameOf(of, subject)} / ${to}`;
        return `  latency.p50, ${path}, ${workload}: ${sides} ${factorText(estimate)}${interval}`;
      }),
    thresholds.map(
      (threshold) => `  ${threshold.outcome}: ${threshold.expression} (${observedText(threshold)})`,
    ),
    [...places],
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${text.join("\n\n")}\n`;
}

/** Green, red, or yellow for whatever proves nothing. */
function heading(verdict: StressResult["verdict"], color: boolean): string {
  const word = verdict.toUpperCase();
  if (!color) return word;
  const code = verdict === "pass" ? 32 : verdict === "anomaly" || verdict === "threshold" ? 31 : 33;
  return `\u001B[1;${code}m${word}\u001B[0m`;
}

function contentionTable({ contention, subject }: StressResult): readonly string[] {
  const ours = contention.filter(({ variant }) => variant === "ours");
  if (ours.length === 0) return [];
  const rows = [
    [subject, "calls", "keys", "contended", "at once", "races lost", "unknown"],
    ...ours.map(({ path, workload, operations, keys, contendedKeys, widestOverlap, racesLost, unknown }) => [
      `${path} ${workload}`,
      ...[operations, keys, contendedKeys, widestOverlap, racesLost, unknown].map(countText),
    ]),
  ];
  const widths = transpose(rows).map((column) => max(column, ({ length }) => length) ?? 0);
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return visibleText(`  ${cells.join("  ")}`);
  });
}

function controlLines({ controlAnomalies }: StressResult): readonly string[] {
  return [...group(controlAnomalies, ({ variant }) => variant)].map(([variant, own]) => {
    const found = [...group(own, ({ name }) => name).values()].map(onKeys);
    return `  control ${variant} ${variant === "naive" ? "breaks, as it must" : "breaks"}: ${found.join(", ")}`;
  });
}
