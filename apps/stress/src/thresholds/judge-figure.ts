import type { ThresholdOutcome } from "../result/stress-result.ts";
import type { Figure } from "./figures.ts";
import type { Operator, Threshold } from "./threshold.ts";

type Outcome = ThresholdOutcome["outcome"];
type Claim = Pick<Threshold, "metric" | "aggregate" | "operator" | "limit">;

export function judgeFigure(figure: Figure, claim: Claim): Outcome {
  if (Number.isNaN(figure.value)) return "unmeasured";
  if (claim.metric === "ratio" || claim.metric === "aa_ratio") return judgeRatio(figure, claim);
  if (holds(figure.value, claim.operator, claim.limit)) return "met";
  const isSure = figure.interval === null || isOutside(figure.interval, claim.operator, claim.limit);
  return isSure ? "missed" : "inconclusive";
}

/**
 * A ratio is uncertain, so it misses only what its whole interval misses. `est` is met when the whole interval is;
 * `lo` and `hi` as soon as that end of it is.
 */
function judgeRatio({ interval }: Figure, { aggregate, operator, limit }: Claim): Outcome {
  if (interval === null) return "inconclusive";
  const { low, high } = interval;
  if (operator === "contains") return low <= limit && limit <= high ? "met" : "missed";
  const ends = aggregate === "lo" ? [low] : aggregate === "hi" ? [high] : [low, high];
  if (ends.every((end) => holds(end, operator, limit))) return "met";
  return isOutside(interval, operator, limit) ? "missed" : "inconclusive";
}

/** No value of the interval holds. Equality is a claim about one value, which an interval around it never refutes. */
function isOutside({ low, high }: { low: number; high: number }, operator: Operator, limit: number): boolean {
  if (operator === "==") return limit < low || limit > high;
  return !holds(low, operator, limit) && !holds(high, operator, limit);
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

function holds(value: number, operator: Operator, limit: number): boolean {
  return comparisons[operator](value, limit);
}
