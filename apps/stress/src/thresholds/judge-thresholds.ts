import { ascending } from "d3-array";
import type { ThresholdOutcome } from "../measure/result.ts";
import { type Figure, type Measured, metricOf } from "./metrics.ts";
import type { Operator, Threshold } from "./parse-threshold.ts";

type Outcome = ThresholdOutcome["outcome"];

/** What became of each claim. Where several figures are meant, every measured one has to hold. */
export function judgeThresholds(
  thresholds: readonly Threshold[],
  measured: Measured,
): readonly ThresholdOutcome[] {
  return thresholds.map((threshold) => {
    const { expression, severity, unit } = threshold;
    const figures = metricOf(threshold.metric).figures(measured, threshold);
    const judged = figures.map((figure) => ({ figure, outcome: judgeFigure(figure, threshold) }));
    const worst = worstOf(judged, threshold.operator);
    const { low, high } = worst?.figure.interval ?? { low: null, high: null };
    return {
      expression,
      severity,
      unit,
      outcome: worst?.outcome ?? "unmeasured",
      observed: worst !== null && Number.isFinite(worst.figure.value) ? worst.figure.value : null,
      low,
      high,
      decidedBy: worst === null ? "the run has no such figure" : reasonOf(worst),
    };
  });
}

interface Judged {
  readonly figure: Figure;
  readonly outcome: Outcome;
}

/** The worst outcome, and among equals the figure nearest to the limit or furthest beyond it. */
function worstOf(judged: readonly Judged[], operator: Operator): Judged | null {
  const ranks = ["missed", "inconclusive", "met", "unmeasured"];
  const sign = operator.startsWith(">") ? 1 : -1;
  const [worst = null] = judged.toSorted(
    (a, b) =>
      ranks.indexOf(a.outcome) - ranks.indexOf(b.outcome) || sign * ascending(a.figure.value, b.figure.value),
  );
  return worst;
}

function reasonOf({ outcome, figure }: Judged): string {
  if (outcome === "unmeasured") return `${figure.source}: too few samples, or not measured`;
  if (figure.value === Number.POSITIVE_INFINITY) return `${figure.source}: never`;
  return figure.source;
}

type Claim = Pick<Threshold, "metric" | "aggregate" | "operator" | "limit">;

function judgeFigure(figure: Figure, claim: Claim): Outcome {
  if (Number.isNaN(figure.value)) return "unmeasured";
  if (claim.metric === "ratio" || claim.metric === "aa_ratio") return judgeRatio(figure, claim);
  if (holds(figure.value, claim)) return "met";
  return figure.interval === null || isOutside(figure.interval, claim) ? "missed" : "inconclusive";
}

/**
 * A ratio is uncertain, so it misses only what its whole interval misses. `est` is met when the whole interval is;
 * `lo` and `hi` as soon as that end of it is.
 */
function judgeRatio({ interval }: Figure, claim: Claim): Outcome {
  if (interval === null) return "inconclusive";
  const { low, high } = interval;
  const { aggregate, operator, limit } = claim;
  if (operator === "contains") return low <= limit && limit <= high ? "met" : "missed";
  const ends = aggregate === "lo" ? [low] : aggregate === "hi" ? [high] : [low, high];
  if (ends.every((end) => holds(end, claim))) return "met";
  return isOutside(interval, claim) ? "missed" : "inconclusive";
}

/** No value of the interval holds. Equality is a claim about one value, which an interval around it never refutes. */
function isOutside({ low, high }: { low: number; high: number }, claim: Claim): boolean {
  if (claim.operator === "==") return claim.limit < low || claim.limit > high;
  return !holds(low, claim) && !holds(high, claim);
}

const comparisons: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
  "==": (value, limit) => value === limit,
  "!=": (value, limit) => value !== limit,
  contains: (value, limit) => value === limit,
};

function holds(value: number, { operator, limit }: Claim): boolean {
  return comparisons[operator](value, limit);
}
