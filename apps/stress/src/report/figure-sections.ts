import type { StressResult } from "../measure/result.ts";
import { number, text, variantCell } from "./cells.ts";
import { countText, msFigure, rateText, shareText, spanText } from "./text/figure-text.ts";
import type { Section } from "./view.ts";

export function latencySection({ latencies, subject }: StressResult): Section {
  const heads = ["Calls", "min", "avg", "p50", "p95", "p99", "p99.9", "max", "Per second"];
  return {
    id: "latency",
    title: "Latency",
    lead: "Of answered calls, in milliseconds. In an open loop, response time counts from when a call was meant to start, as a user would; service time from when it did. A percentile is given only where at least ten calls are above it.",
    tables: [
      {
        caption: "Latency in milliseconds, and answered calls per second",
        columns: [text("Variant"), text("Where"), text("Time"), ...heads.map(number)],
        rows: latencies.map(({ variant, path, workload, measured, part, count, perSecond, ...figures }) => [
          variantCell(variant, subject),
          { text: `${path} ${workload}`, ...(part === "storm" ? { under: ["in a storm"] } : {}) },
          measured,
          countText(count),
          ...[figures.min, figures.avg, figures.p50, figures.p95, figures.p99, figures.p999, figures.max].map(
            msFigure,
          ),
          rateText(perSecond),
        ]),
      },
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
  const measured = Number.isFinite(busy) && busy > 0;
  return {
    id: "environment",
    title: "Where it ran",
    lead: "A seed plans the same calls and faults again; how real processes interleave is up to the machine.",
    tables: [
      {
        caption: "The machine, the database, and the calling processes",
        columns: [text("What"), text("Value")],
        rows: [
          ...Object.entries(environment),
          ...(measured
            ? [
                ["calling processes: event loop busy", shareText(busy)],
                ["calling processes: event loop late, p99", spanText(late)],
              ]
            : []),
          ...(lag === null ? [] : [["open loop: calls sent late, p99", spanText(lag)]]),
        ],
        isDetail: true,
      },
    ],
  };
}
