import { exits } from "../exit-codes.ts";
import { recoveryText } from "../report/text/recovery-text.ts";
import type { Contention, RatioEstimate, StressResult } from "../result/stress-result.ts";

/** The end of a run on a terminal: what was found, what it proves, and where the rest is. */
export function resultText(
  result: StressResult,
  { directory, color }: { readonly directory: string; readonly color: boolean },
): string {
  const { verdict, reasons, contention, ratios, faults, thresholds, reproduce } = result;
  const blocks = [
    [`${heading(verdict, color)}: ${exits[verdict].meaning}`, ...reasons.map((reason) => `  ${reason}`)],
    contentionLines(contention.filter(({ variant }) => variant === "ours")),
    controlLines(result),
    faults.map(
      (outcome) => `  ${outcome.fault} on ${outcome.target}: hit ${outcome.hit}, ${recoveryText(outcome)}`,
    ),
    ratios.filter(({ metric }) => metric === "latency.p50").map(ratioLine),
    thresholds.map(({ outcome, expression, observed }) => `  ${outcome}: ${expression} (${observed ?? "–"})`),
    [`results: ${directory}`, `again:   ${reproduce}`],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** Green, red, or yellow for whatever proves nothing. */
function heading(verdict: StressResult["verdict"], color: boolean): string {
  const word = verdict.toUpperCase();
  if (!color) return word;
  const code = verdict === "pass" ? 32 : verdict === "anomaly" || verdict === "threshold" ? 31 : 33;
  return `\u001B[1;${code}m${word}\u001B[0m`;
}

function contentionLines(groups: readonly Contention[]): readonly string[] {
  return groups.map(
    ({ path, workload, operations, keys, contendedKeys, widestOverlap, racesLost, unknown }) =>
      `  onechat, ${path}, ${workload}: ${operations} calls on ${keys} keys, ${contendedKeys} contended, ` +
      `up to ${widestOverlap} at once, ${racesLost} races lost${unknown > 0 ? `, ${unknown} unknown` : ""}`,
  );
}

function controlLines({ controlAnomalies }: StressResult): readonly string[] {
  const names = new Map<string, number>();
  for (const { variant, name } of controlAnomalies)
    names.set(`${variant}: ${name}`, (names.get(`${variant}: ${name}`) ?? 0) + 1);
  return [...names].map(([name, count]) => `  control ${name} on ${count} ${count === 1 ? "key" : "keys"}`);
}

function ratioLine({ metric, of, to, path, workload, estimate, low, high }: RatioEstimate): string {
  const interval = low === null || high === null ? "" : ` (${low.toFixed(2)}–${high.toFixed(2)})`;
  const sides = of === to ? `${of} twice, the resolution` : `${of} / ${to}`;
  return `  ${metric}, ${path}, ${workload}: ${sides} ${estimate.toFixed(2)}${interval}`;
}
