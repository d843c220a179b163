import type { FaultOutcome, LatencySummary, Second, StressResult } from "../result/stress-result.ts";
import type { HistoryFacts } from "./history/history-facts.ts";
import type { FaultBand, LatencyCurve, ReportData, SecondGroup, SecondSeries } from "./report-data.ts";

/** What the page draws. */
export function gatherReportData(result: StressResult, { timelines }: HistoryFacts): ReportData {
  return {
    faults: result.faults.slice(0, 500).map(bandOf),
    seconds: seriesOf(result.seconds),
    curves: result.latencies.map(curveOf),
    keys: timelines,
  };
}

function bandOf({ fault, injectedAt, healedAt }: FaultOutcome): FaultBand {
  return { name: fault, from: injectedAt, to: healedAt };
}

function curveOf({ variant, path, workload, measured, curve }: LatencySummary): LatencyCurve {
  return { variant, path, workload, measured, points: curve };
}

const mostPoints = 600;

/** A long run is drawn in wider steps: counts become rates, and of percentiles the worst of each step stays. */
function seriesOf(seconds: readonly Second[]): SecondSeries {
  const last = seconds.reduce((latest, { at }) => Math.max(latest, at), 0);
  const width = Math.max(Math.ceil((last + 1) / mostPoints), 1);
  const groups = new Map<string, Map<number, Second[]>>();
  for (const second of seconds) {
    const name = `${second.variant} ${second.path}`;
    const steps = groups.get(name) ?? new Map<number, Second[]>();
    const step = Math.floor(second.at / width) * width;
    const known = steps.get(step);
    if (known === undefined) steps.set(step, [second]);
    else known.push(second);
    groups.set(name, steps);
  }
  return { width, groups: [...groups.values()].flatMap((steps) => groupOf(steps, width)) };
}

function groupOf(steps: ReadonlyMap<number, readonly Second[]>, width: number): readonly SecondGroup[] {
  const ordered = [...steps].toSorted(([a], [b]) => a - b);
  const first = ordered[0]?.[1][0];
  if (first === undefined) return [];
  const rate = (count: "ok" | "failed" | "unknown"): number[] =>
    ordered.map(([, list]) => list.reduce((sum, second) => sum + second[count], 0) / width);
  const worst = (figure: "p50" | "p99" | "max"): (number | null)[] =>
    ordered.map(([, list]) =>
      list.reduce<number | null>((most, second) => greater(most, second[figure]), null),
    );
  return [
    {
      variant: first.variant,
      path: first.path,
      at: ordered.map(([at]) => at),
      ok: rate("ok"),
      failed: rate("failed"),
      unknown: rate("unknown"),
      p50: worst("p50"),
      p99: worst("p99"),
      max: worst("max"),
    },
  ];
}

function greater(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
