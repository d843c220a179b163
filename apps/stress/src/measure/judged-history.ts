import { checkHistory } from "../checker/check-history.ts";
import type { History } from "../history/history.ts";
import { judgeThresholds } from "../thresholds/judge-thresholds.ts";
import type { MetricName } from "../thresholds/metrics.ts";
import type { Threshold } from "../thresholds/parse-threshold.ts";
import { measuredBlocks } from "./blocks.ts";
import { clientHealth } from "./client-health.ts";
import { headline } from "./headline.ts";
import { latencyGroups, summaryOf } from "./latencies.ts";
import { ratiosOf } from "./ratios.ts";
import type { StressResult } from "./result.ts";
import { secondsOf } from "./seconds.ts";
import { type Circumstances, judge } from "./verdict.ts";

export interface Claims {
  /** Made for this run: one that was not measured is a doubt. */
  readonly thresholds: readonly Threshold[];
  /** Those of its profile: judged where the run has the figures for them. */
  readonly usualThresholds: readonly Threshold[];
}

const speedMetrics: ReadonlySet<MetricName> = new Set(["latency", "throughput"]);

/**
 * Everything that a history says by itself, during its run or years later: checked, measured, held against claims, and
 * the verdict about it.
 */
export function judgedHistory(
  history: History,
  { thresholds, usualThresholds }: Claims,
  circumstances: Circumstances = {},
): Omit<StressResult, "reproduce" | "durationMs" | "environment"> {
  const { run, profile, seed, startedAt, subject = "onechat" } = history.header;
  const checked = checkHistory(history);
  const blocks = measuredBlocks(history);
  const samples = latencyGroups(blocks);
  const figures = {
    anomalies: checked.anomalies.filter(({ variant }) => variant === "ours"),
    controlAnomalies: checked.anomalies.filter(({ variant }) => variant !== "ours"),
    contention: [...checked.contention],
    faults: [...checked.faults],
    latencies: samples.map(summaryOf),
    ratios: [...ratiosOf(blocks, seed)],
    seconds: [...secondsOf(history)],
    client: clientHealth(blocks),
  };
  const measured = { ...figures, samples };
  const usual = judgeThresholds(usualThresholds, measured);
  const claims = [
    ...usual.filter(({ outcome }) => outcome !== "unmeasured"),
    ...judgeThresholds(thresholds, measured),
  ];
  const judgement = judge({
    history,
    checked,
    thresholds: claims,
    needsSpeed: thresholds.some(({ metric }) => speedMetrics.has(metric)),
    client: figures.client,
    ...circumstances,
  });
  const about = { run, profile, seed, startedAt, subject, headline: headline(history, blocks) };
  return { version: 1, ...about, ...figures, thresholds: claims, ...judgement };
}
