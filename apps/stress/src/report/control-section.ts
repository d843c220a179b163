import { group, sum } from "d3-array";
import type { LatencySummary, StressResult } from "../measure/result.ts";
import type { AnomalyGroup } from "./anomaly-groups.ts";
import { anomalyTable, nameOf, text } from "./cells.ts";
import { countText, msFigure, noFigure, rateText } from "./text/figure-text.ts";
import type { Cell, Section, Table } from "./view.ts";

/** The same load on all variants: what each got wrong, and what each cost. */
export function controlSection(result: StressResult, controls: readonly AnomalyGroup[]): Section {
  const { contention, latencies, subject, anomalies, controlAnomalies } = result;
  const called = group(
    contention.filter(({ operations }) => operations > 0),
    ({ variant }) => variant,
  );
  const variants = [...called.keys()];
  const all = [...anomalies, ...controlAnomalies];
  const totals = (count: "operations" | "racesLost" | "unknown") =>
    variants.map((variant) => countText(sum(called.get(variant) ?? [], (row) => row[count])));
  const found = variants.map((variant): Cell => {
    const own = all.filter((anomaly) => anomaly.variant === variant);
    const names = [...new Set(own.map(({ name }) => name))];
    return { text: countText(own.length), tone: own.length > 0 ? "bad" : "good", under: names.slice(0, 4) };
  });
  const speeds = speedRows(latencies, variants);
  return {
    id: "controls",
    title: "Controls side by side",
    lead: "The same calls in the same run: raw is the bare driver's upsert under the same index and thus the floor, mongoose the classic upsert that reads again after a duplicate key, and naive find-then-insert without the index, which has to break.",
    tables: [
      {
        caption: "Anomalies and calls in all, and what an answer took",
        columns: [text("Figure"), ...variants.map((variant) => text(nameOf(variant, subject)))],
        rows:
          variants.length < 2
            ? []
            : [
                ["Anomalies", ...found],
                ["Calls", ...totals("operations")],
                ["Races lost", ...totals("racesLost")],
                ["Outcome unknown", ...totals("unknown")],
                ...speeds,
              ],
      },
      ...[...group(controls, ({ variant }) => variant)].map(([variant, own]): Table => ({
        ...anomalyTable(
          variant === "naive"
            ? "Of naive, which has to be caught: without them the run would prove nothing"
            : `Of the control ${variant}`,
          own,
        ),
        isDetail: true,
      })),
    ],
  };
}

/** Where there is something to compare; what only one variant was asked for is in the table of latencies. */
function speedRows(
  latencies: readonly LatencySummary[],
  variants: readonly string[],
): readonly (readonly (Cell | string)[])[] {
  const timed = group(
    latencies,
    ({ path, workload, measured }) =>
      `${path} ${workload}${measured === "response" ? ", from the intended start" : ""}`,
  );
  return [...timed]
    .filter(([, own]) => own.length > 1)
    .map(([place, own]) => [
      `p50 ms, ${place}`,
      ...variants.map((variant): Cell => {
        const summary = own.find((row) => row.variant === variant);
        if (summary === undefined) return { text: noFigure };
        const under = [`p99 ${msFigure(summary.p99)} · ${rateText(summary.perSecond)}/s`];
        return { text: msFigure(summary.p50), under };
      }),
    ]);
}
