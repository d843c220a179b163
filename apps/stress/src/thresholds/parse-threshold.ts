import type { Unit } from "../result/stress-result.ts";
import { isMetricName, type MetricName, metricOf, metrics } from "./metrics.ts";
import { scan, type Scanner } from "./scanner.ts";
import { type Operator, operators, type RatioName, type Tags, type Threshold } from "./threshold.ts";

/**
 * `metric{tag:value,…}: aggregate operator value`, as k6 writes it; for ratios `ratio(metric){ours/raw}: est<1.25`, and
 * `!invalid` at the end. `place` is where the text comes from, for a message that says where it is wrong and what
 * would be right.
 */
export function parseThreshold(text: string, place: string): Threshold {
  const scanner = scan(text, place);
  const metric = metricName(scanner);
  const compared = metric === "ratio" ? comparedMetric(scanner) : null;
  const { sides, tags } = selector(scanner, metric);
  scanner.take(/:/y, 'a ":" between the metric and its condition');
  const aggregate = oneOf(scanner, /\w+(\([\d.]+\))?/y, {
    what: `aggregate of ${metric}`,
    choices: aggregatesOf(metric),
  });
  const unit = metricOf(metric).aggregates[aggregate] ?? "factor";
  const operator = operatorOf(scanner, metric);
  const limit = limitOf(scanner, unit);
  const expression = scanner.text();
  const severity = scanner.attempt(/!\s*invalid\b/y) === null ? "fail" : "invalid";
  scanner.end('the end, or "!invalid"');
  const ratio: RatioName | null = compared === null || sides === null ? null : { metric: compared, ...sides };
  return { expression, severity, metric, ratio, tags, aggregate, operator, limit };
}

function metricName(scanner: Scanner): MetricName {
  const name = oneOf(scanner, /\w+/y, { what: "metric", choices: Object.keys(metrics) });
  if (!isMetricName(name)) throw new TypeError(`${name} is in no list of metrics`);
  return name;
}

function comparedMetric(scanner: Scanner): string {
  const [, name = ""] = scanner.take(
    /\(\s*([\w.]+)\s*\)/y,
    'the compared metric, as in "ratio(latency.p50)"',
  );
  return name;
}

interface Selector {
  readonly sides: Pick<RatioName, "of" | "to"> | null;
  readonly tags: Tags;
}

function selector(scanner: Scanner, metric: MetricName): Selector {
  const wantsSides = metric === "ratio";
  if (!wantsSides && scanner.attempt(/\{/y) === null) return { sides: null, tags: {} };
  if (wantsSides) scanner.take(/\{/y, 'both sides of the ratio, as in "{ours/raw}"');
  const sides = wantsSides ? sidesOf(scanner) : null;
  const tags: Record<string, string> = {};
  let isOpen = wantsSides ? scanner.attempt(/,/y) !== null : scanner.attempt(/(?=\})/y) === null;
  while (isOpen) {
    const [name, value] = tagOf(scanner, metric);
    tags[name] = value;
    isOpen = scanner.attempt(/,/y) !== null;
  }
  if ("phase" in tags && "workload" in tags)
    return scanner.fail("errors by phase are not told apart by workload; leave one of the two out");
  scanner.take(/\}/y, 'a "}" after the tags');
  return { sides, tags };
}

function sidesOf(scanner: Scanner): Pick<RatioName, "of" | "to"> {
  const [, of = "", to = ""] = scanner.take(/([\w-]+)\s*\/\s*([\w-]+)/y, 'both sides, as in "ours/raw"');
  return { of, to };
}

function tagOf(scanner: Scanner, metric: MetricName): readonly [name: string, value: string] {
  const known = metricOf(metric).tags;
  const name = oneOf(scanner, /[\w-]+/y, { what: `tag of ${metric}`, choices: Object.keys(known) });
  scanner.take(/:/y, `a ":" after the tag ${name}`);
  return [name, oneOf(scanner, /[\w-]+/y, { what: name, choices: known[name] ?? [] })];
}

function aggregatesOf(metric: MetricName): readonly string[] {
  const names = Object.keys(metricOf(metric).aggregates);
  return isRatio(metric) ? [...names, "contains"] : names;
}

function isRatio(metric: MetricName): boolean {
  return metric === "ratio" || metric === "aa_ratio";
}

/** `contains` stands alone: it is about the interval, not about one of its figures. */
function operatorOf(scanner: Scanner, metric: MetricName): Operator {
  if (isRatio(metric) && scanner.last() === "contains") return "contains";
  const [symbol] = scanner.take(/[<>]=?|[=!]=/y, `one of ${operators.slice(0, -1).join(" ")}`);
  return symbol as Operator;
}

const factors: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  ms: { "": 1, ms: 1, s: 1_000, us: 0.001, µs: 0.001, m: 60_000 },
  "per-second": { "": 1, "/s": 1 },
  share: { "": 1, "%": 0.01 },
  count: { "": 1 },
  factor: { "": 1, x: 1 },
};

function limitOf(scanner: Scanner, unit: Unit): number {
  const [, digits = ""] = scanner.take(/(\d+(?:\.\d+)?(?:e-?\d+)?)/y, "a number");
  const known = factors[unit];
  const names = Object.keys(known).filter((name) => name !== "");
  const suffix = scanner.attempt(/[a-zµ/%]+/y)?.[0] ?? "";
  const factor = known[suffix];
  if (factor !== undefined) return Number(digits) * factor;
  const right = names.length === 0 ? "this figure has no unit" : `use ${names.join(", ")} or none`;
  return scanner.fail(`"${suffix}" is no unit here; ${right}`);
}

interface Choice {
  readonly what: string;
  readonly choices: readonly string[];
}

function oneOf(scanner: Scanner, pattern: RegExp, { what, choices }: Choice): string {
  const list = choices.length === 0 ? "it has none" : `use ${choices.join(", ")}`;
  const [word] = scanner.take(pattern, `a ${what} (${list})`);
  return choices.includes(word) ? word : scanner.fail(`"${word}" is no ${what}; ${list}`);
}
