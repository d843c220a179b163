import type { MetricName } from "./metrics.ts";

export const operators = ["<=", ">=", "==", "!=", "<", ">", "contains"] as const;
export type Operator = (typeof operators)[number];

/** A claim about a run's figures, such as `latency{path:http,variant:ours}: p(99)<80`. */
export interface Threshold {
  /** As it was written, with one kind of spacing. */
  readonly expression: string;
  /** A miss of `invalid` says nothing about the subject: the run itself is worth nothing. */
  readonly severity: "fail" | "invalid";
  readonly metric: MetricName;
  /** Of `ratio`: what is compared, such as `latency.p50`, and the two sides. */
  readonly ratio: RatioName | null;
  /** Which figures are meant; every one of them has to hold. */
  readonly tags: Tags;
  readonly aggregate: string;
  readonly operator: Operator;
  /** In the unit of the aggregate. */
  readonly limit: number;
}

export interface RatioName {
  readonly metric: string;
  readonly of: string;
  readonly to: string;
}

export type Tags = Readonly<Record<string, string>>;
