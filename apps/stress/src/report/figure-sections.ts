import { group, sum } from "d3-array";
import type { LatencySummary, StressResult } from "../measure/result.ts";
import type { AnomalyGroup } from "./anomaly-groups.ts";
import { anomalyTable, type ColumnOf, count, nameOf, number, table, text, variantColumn } from "./table.ts";
import { countText, msFigure, noFigure, rateText, shareText, spanText } from "./text/figure-text.ts";
import type { Cell, Section } from "./view.ts";

interface FigureRow {
  readonly name: string;
  readonly of: (variant: string) => Cell | string;
}

/** The same load on all variants: what each got wrong, and what each cost. */
export function controlSection(result: StressResult, controls: readonly AnomalyGroup[]): Section {
  const { contention, subject } = result;
  const variants = [
    ...new Set(contention.filter(({ operations }) => operations > 0).map(({ variant }) => variant)),
  ];
  const columns: readonly ColumnOf<FigureRow>[] = [
    text("Figure", ({ name }) => name),
    ...variants.map((variant) => text<FigureRow>(nameOf(variant, subject), ({ of }) => of(variant))),
  ];
  return {
    id: "controls",
    title: "Controls side by side",
    lead: "The same calls in the same run: raw is the bare driver's upsert under the same index and thus the floor, mongoose the classic upsert that reads again after a duplicate key, and naive find-then-insert without the index, which has to break.",
    tables: [
      table(
        "Anomalies and calls in all, and what an answer took",
        variants.length < 2 ? [] : [...totalRows(result), ...speedRows(result.latencies)],
        columns,
      ),
      ...[...group(controls, ({ variant }) => variant)].map(([variant, own]) =>
        anomalyTable(
          variant === "naive"
            ? "Of naive, which has to be caught: without them the run would prove nothing"
            : `Of the control ${variant}`,
          own,
          true,
        ),
      ),
    ],
  };
}

function totalRows({ contention, anomalies, controlAnomalies }: StressResult): readonly FigureRow[] {
  const total = (name: string, counted: "operations" | "racesLost" | "unknown"): FigureRow => ({
    name,
    of: (variant) => countText(sum(contention, (row) => (row.variant === variant ? row[counted] : 0))),
  });
  const found: FigureRow = {
    name: "Anomalies",
    of(variant) {
      const own = [...anomalies, ...controlAnomalies].filter((anomaly) => anomaly.variant === variant);
      const names = [...new Set(own.map(({ name }) => name))];
      return { text: countText(own.length), tone: own.length > 0 ? "bad" : "good", under: names.slice(0, 4) };
    },
  };
  return [
    found,
    total("Calls", "operations"),
    total("Races lost", "racesLost"),
    total("Outcome unknown", "unknown"),
  ];
}

/** Where there is something to compare; what only one variant was asked for is in the table of latencies. */
function speedRows(latencies: readonly LatencySummary[]): readonly FigureRow[] {
  const timed = group(
    latencies,
    ({ path, workload, measured }) =>
      `${path} ${workload}${measured === "response" ? ", from the intended start" : ""}`,
  );
  return [...timed]
    .filter(([, own]) => own.length > 1)
    .map(([place, own]) => ({
      name: `p50 ms, ${place}`,
      of(variant) {
        const summary = own.find((row) => row.variant === variant);
        if (summary === undefined) return noFigure;
        const under = [`p99 ${msFigure(summary.p99)} · ${rateText(summary.perSecond)}/s`];
        return { text: msFigure(summary.p50), under };
      },
    }));
}

const figures = ["min", "avg", "p50", "p95", "p99", "p999", "max"] as const;

export function latencySection({ latencies, subject }: StressResult): Section {
  return {
    id: "latency",
    title: "Latency",
    lead: "Of answered calls, in milliseconds. In an open loop, response time counts from when a call was meant to start, as a user would; service time from when it did. A percentile is given only where at least ten calls are above it.",
    tables: [
      table("Latency in milliseconds, and answered calls per second", latencies, [
        variantColumn(subject),
        text("Where", ({ path, workload, part }) => ({
          text: `${path} ${workload}`,
          under: part === "storm" ? ["in a storm"] : [],
        })),
        text("Time", ({ measured }) => measured),
        count("Calls", (row) => row.count),
        ...figures.map((name) =>
          number<LatencySummary>(name.replace("p999", "p99.9"), (row) => msFigure(row[name])),
        ),
        number("Per second", ({ perSecond }) => rateText(perSecond)),
      ]),
    ],
    ...(latencies.length > 0 ? { chart: "latency" as const } : {}),
  };
}

export function timeSection({ seconds }: StressResult): Section {
  return {
    id: "time",
    title: "Over time",
    lead: "Variants take turns, so each has points where its turns were. Faults are shaded.",
    tables: [],
    ...(seconds.length > 1 ? { chart: "time" as const } : {}),
  };
}

export function environmentSection({ environment, client }: StressResult): Section {
  const { eventLoopUtilization: busy, eventLoopDelayP99Ms: late, dispatchLagP99Ms: lag } = client;
  const facts = {
    ...environment,
    ...(busy > 0 && {
      "calling processes: event loop busy": shareText(busy),
      "calling processes: event loop late, p99": spanText(late),
    }),
    ...(lag !== null && { "open loop: calls sent late, p99": spanText(lag) }),
  };
  return {
    id: "environment",
    title: "Where it ran",
    lead: "A seed plans the same calls and faults again; how real processes interleave is up to the machine.",
    tables: [
      table(
        "The machine, the database, and the calling processes",
        Object.entries(facts),
        [text("What", ([what]) => what), text("Value", ([, value]) => value)],
        true,
      ),
    ],
  };
}
