import { type CheckedHistory, checkHistory } from "../checker/check-history.ts";
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

type Measured = Omit<
  StressResult,
  "verdict" | "reasons" | "notes" | "reproduce" | "durationMs" | "environment"
>;

export interface MeasuredHistory {
  readonly checked: CheckedHistory;
  readonly measured: Measured;
  /** Whether somebody claims something about speed as such, and not about how it compares in the same run. */
  readonly needsSpeed: boolean;
}

export interface Claims {
  /** Made for this run: one that was not measured is a doubt. */
  readonly thresholds: readonly Threshold[];
  /** Those of its profile: judged where the run has the figures for them. */
  readonly usualThresholds: readonly Threshold[];
}

const speedMetrics: ReadonlySet<MetricName> = new Set(["latency", "throughput"]);

/** Everything that a history says by itself, during its run or years later: checked, measured, held against claims. */
export function measureHistory(history: History, { thresholds, usualThresholds }: Claims): MeasuredHistory {
  const { header } = history;
  const checked = checkHistory(history);
  const blocks = measuredBlocks(history);
  const samples = latencyGroups(blocks);
  const figures = {
    anomalies: checked.anomalies.filter(({ variant }) => variant === "ours"),
    controlAnomalies: checked.anomalies.filter(({ variant }) => variant !== "ours"),
    contention: [...checked.contention],
    faults: [...checked.faults],
    latencies: samples.map(summaryOf),
    ratios: [...ratiosOf(blocks, header.seed)],
    seconds: [...secondsOf(history)],
    client: clientHealth(blocks),
  };
  const usual = judgeThresholds(usualThresholds, { ...figures, samples });
  return {
    checked,
    needsSpeed: thresholds.some(({ metric }) => speedMetrics.has(metric)),
    measured: {
      version: 1,
      run: header.run,
      profile: header.profile,
      seed: header.seed,
      startedAt: header.startedAt,
      subject: header.subject ?? "onechat",
      headline: headline(history, blocks),
      ...figures,
      thresholds: [
        ...usual.filter(({ outcome }) => outcome !== "unmeasured"),
        ...judgeThresholds(thresholds, { ...figures, samples }),
      ],
    },
  };
}
