import { z } from "zod";
import type { Unit } from "../measure/result.ts";
import { UsageError } from "../usage-error.ts";
import { type MetricName, metricOf, metrics, unitOf } from "./metrics.ts";

/** A claim about a run's figures, such as `latency{path:http,variant:ours}: p(99)<80`. */
export interface Threshold {
  /** As it was written, with one kind of spacing. */
  readonly expression: string;
  /** A miss of `invalid` says nothing about the subject: the run itself is worth nothing. */
  readonly severity: "fail" | "invalid";
  readonly metric: MetricName;
  /** Of `ratio`: what is compared, such as `latency.p50`, and the two sides. */
  readonly ratio: { readonly metric: string; readonly of: string; readonly to: string } | null;
  /** Which figures are meant; every one of them has to hold. */
  readonly tags: Tags;
  readonly aggregate: string;
  readonly operator: Operator;
  readonly unit: Unit;
  readonly limit: number;
}

export type Tags = Readonly<Record<string, string>>;
export type Operator = "<=" | ">=" | "==" | "!=" | "<" | ">" | "contains";

const grammar =
  /^\s*(?<metric>\w+)\s*(?:\(\s*(?<compared>[\w.]+)\s*\))?\s*(?:\{(?<selector>[^{}]*)\})?\s*:\s*(?<aggregate>\w+(?:\([\d.]+\))?)\s*(?<operator><=|>=|==|!=|<|>)?\s*(?<limit>\d+(?:\.\d+)?(?:e-?\d+)?)\s*(?<suffix>[a-zµ/%]*)\s*(?<invalid>!\s*invalid)?\s*$/u;
const examples = "latency{path:http}: p(99)<80 or ratio(latency.p50){ours/raw}: lo<1.25";

const factors: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  ms: { "": 1, ms: 1, s: 1_000, us: 0.001, µs: 0.001, m: 60_000 },
  "per-second": { "": 1, "/s": 1 },
  share: { "": 1, "%": 0.01 },
  count: { "": 1 },
  factor: { "": 1, x: 1 },
};

/**
 * `metric{tag:value,…}: aggregate operator value`, as k6 writes it; for ratios `ratio(metric){ours/raw}: est<1.25`, and
 * `!invalid` at the end. `place` is where the text comes from.
 *
 * @throws UsageError with what is wrong, and what would be right
 */
export function parseThreshold(text: string, place: string): Threshold {
  const fail = (message: string): never => {
    throw new UsageError([`${place}: ${message}\n  ${text}`]);
  };
  const parts = grammar.exec(text)?.groups;
  if (parts === undefined)
    return fail(`expected "metric{tag:value}: aggregate operator value", such as ${examples}`);
  const metric = oneOf(parts["metric"], "metric", Object.keys(metrics), fail) as MetricName;
  const [first = "", ...others] = (parts["selector"] ?? "").split(",").map((part) => part.trim());
  const ratio = ratioOf(metric, parts["compared"], first, fail);
  const unit = unitOf(metric, parts["aggregate"] ?? "");
  const aggregates = Object.keys(metricOf(metric).aggregates);
  if (unit === null)
    return fail(`"${parts["aggregate"]}" is no aggregate of ${metric}; use ${aggregates.join(", ")}`);
  return {
    expression: text
      .replace(/!\s*invalid\s*$/, "")
      .trim()
      .replaceAll(/\s+/g, " "),
    severity: parts["invalid"] === undefined ? "fail" : "invalid",
    metric,
    ratio,
    tags: tagsOf(metric, ratio === null ? [first, ...others] : others, fail),
    aggregate: parts["aggregate"] ?? "",
    operator: operatorOf(parts, fail),
    unit,
    limit: limitOf(parts, unit, fail),
  };
}

type Fail = (message: string) => never;
type Parts = Readonly<Record<string, string | undefined>>;

function oneOf(given: string | undefined, what: string, choices: readonly string[], fail: Fail): string {
  const word = given ?? "";
  if (choices.includes(word)) return word;
  return fail(
    `"${word}" is no ${what}; ${choices.length === 0 ? "it has none" : `use ${choices.join(", ")}`}`,
  );
}

function ratioOf(
  metric: MetricName,
  compared: string | undefined,
  sides: string,
  fail: Fail,
): Threshold["ratio"] {
  const [, of, to] = /^([\w-]+)\s*\/\s*([\w-]+)$/.exec(sides) ?? [];
  if ((metric === "ratio") !== (compared !== undefined && of !== undefined))
    return fail(
      "a ratio, and nothing else, compares a metric of two sides, as in ratio(latency.p50){ours/raw}",
    );
  return compared === undefined || of === undefined || to === undefined ? null : { metric: compared, of, to };
}

function tagsOf(metric: MetricName, pairs: readonly string[], fail: Fail): Tags {
  const known = metricOf(metric).tags;
  const tags = Object.fromEntries(
    pairs
      .filter((pair) => pair !== "")
      .map((pair) => {
        const [tag = "", value = ""] = pair.split(":").map((part) => part.trim());
        oneOf(tag, `tag of ${metric}`, Object.keys(known), fail);
        return [tag, oneOf(value, tag, known[tag] ?? [], fail)];
      }),
  );
  return "phase" in tags && "workload" in tags
    ? fail("errors by phase are not told apart by workload; leave one of the two out")
    : tags;
}

/** `contains` stands alone: it is about the interval, not about one of its figures. */
function operatorOf({ aggregate, operator }: Parts, fail: Fail): Operator {
  if (aggregate === "contains") return "contains";
  return operator === undefined
    ? fail("expected one of <= >= == != < > before the value")
    : (operator as Operator);
}

function limitOf({ limit, suffix = "" }: Parts, unit: Unit, fail: Fail): number {
  const units = Object.keys(factors[unit]).filter((each) => each !== "");
  const right = units.length === 0 ? "this figure has no unit" : `use ${units.join(", ")} or none`;
  const factor = factors[unit][suffix] ?? fail(`"${suffix}" is no unit here; ${right}`);
  return Number(limit) * factor;
}

/** As in k6's options: metrics, each with its conditions. */
const ThresholdFile = z.strictObject({ thresholds: z.record(z.string(), z.array(z.string())) });

/**
 * `{"thresholds": {"latency{path:http}": ["p(99)<80", "max<2s !invalid"]}}`
 *
 * @throws UsageError
 */
export function parseThresholdFile(text: string, name: string): readonly Threshold[] {
  const { thresholds } = contentOf(text, name);
  return Object.entries(thresholds).flatMap(([metric, conditions]) =>
    conditions.map((condition, index) =>
      parseThreshold(`${metric}: ${condition}`, `${name}, thresholds[${JSON.stringify(metric)}][${index}]`),
    ),
  );
}

function contentOf(text: string, name: string): z.infer<typeof ThresholdFile> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError([`${name} is not JSON: ${String(error)}`]);
  }
  const parsed = ThresholdFile.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UsageError([
    `${name} is no file of thresholds, as in {"thresholds": {"latency{path:http}": ["p(99)<80"]}}:\n${z.prettifyError(parsed.error)}`,
  ]);
}
