import type { ThresholdOutcome, Unit } from "../result/stress-result.ts";
import { type Figure, figuresOf, type Measured } from "./figures.ts";
import { judgeFigure } from "./judge-figure.ts";
import { metricOf } from "./metrics.ts";
import type { Threshold } from "./threshold.ts";

/** What became of each claim. Where several figures are meant, every measured one has to hold. */
export function evaluateThresholds(
  thresholds: readonly Threshold[],
  result: Measured,
): readonly ThresholdOutcome[] {
  return thresholds.map((threshold) => evaluate(threshold, result));
}

interface Judged {
  readonly figure: Figure;
  readonly outcome: ThresholdOutcome["outcome"];
}

function evaluate(threshold: Threshold, result: Measured): ThresholdOutcome {
  const { expression, severity } = threshold;
  const claim = { expression, severity, unit: unitOf(threshold) };
  const judged = figuresOf(threshold, result).map((figure) => ({
    figure,
    outcome: judgeFigure(figure, threshold),
  }));
  const deciding = decidingOf(judged, threshold);
  if (deciding === null) {
    const nothing = { observed: null, low: null, high: null, decidedBy: "the run has no such figure" };
    return { ...claim, ...nothing, outcome: "unmeasured" };
  }
  const { outcome, figure } = deciding;
  const observed = Number.isFinite(figure.value) ? figure.value : null;
  const { low, high } = figure.interval ?? { low: null, high: null };
  return { ...claim, outcome, observed, low, high, decidedBy: reasonOf(deciding) };
}

function unitOf({ metric, aggregate }: Threshold): Unit {
  return metricOf(metric).aggregates[aggregate] ?? "factor";
}

/** The worst outcome, and among equals the figure nearest to the limit or furthest beyond it. */
function decidingOf(judged: readonly Judged[], { operator }: Threshold): Judged | null {
  const ranks = ["missed", "inconclusive", "met", "unmeasured"];
  const sign = operator.startsWith(">") ? 1 : -1;
  const [worst = null] = judged.toSorted(
    (a, b) =>
      ranks.indexOf(a.outcome) - ranks.indexOf(b.outcome) || sign * compare(a.figure.value, b.figure.value),
  );
  return worst;
}

/** Subtraction would make NaN of two infinities. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function reasonOf({ outcome, figure }: Judged): string {
  if (outcome === "unmeasured") return `${figure.source}: too few samples, or not measured`;
  if (figure.value === Number.POSITIVE_INFINITY) return `${figure.source}: never`;
  return figure.source;
}
