import { group } from "d3-array";
import { widestOverlap } from "../checker/contention.ts";
import { evidenceOf } from "../checker/evidence.ts";
import type { History } from "../history/history.ts";
import type {
  Contention,
  FaultOutcome,
  RatioEstimate,
  StressResult,
  ThresholdOutcome,
} from "../measure/result.ts";
import type { AnomalyGroup } from "./anomaly-groups.ts";
import { anomalyTable, nameOf, number, text, variantCell } from "./cells.ts";
import { controlSection } from "./control-section.ts";
import { environmentSection, latencySection, timeSection } from "./figure-sections.ts";
import {
  countText,
  factorText,
  instantText,
  noFigure,
  shareText,
  spanText,
  unitText,
} from "./text/figure-text.ts";
import { recoveryText } from "./text/recovery-text.ts";
import type { Cell, Section, Table, Tone } from "./view.ts";

export interface Grouped {
  readonly anomalies: readonly AnomalyGroup[];
  readonly controls: readonly AnomalyGroup[];
  readonly history: History | null;
}

/** All sections that have something to say, in the order of their weight. */
export function sectionsOf(result: StressResult, grouped: Grouped): readonly Section[] {
  return [
    anomalySection(grouped),
    thresholdSection(result),
    contentionSection(result, grouped.history),
    controlSection(result, grouped.controls),
    ratioSection(result),
    faultSection(result),
    latencySection(result),
    timeSection(result),
    environmentSection(result),
  ].filter(({ tables, chart }) => chart !== undefined || tables.some(({ rows }) => rows.length > 0));
}

function anomalySection({ anomalies }: Grouped): Section {
  return {
    id: "anomalies",
    title: "Anomalies",
    lead: "Every key is checked exactly: whether some order of its calls, each taking effect at one instant between its start and its end, explains all answers. An anomaly is proven by the calls that rule every order out.",
    tables: [anomalyTable("Of the subject; alike ones together, with the first key's witnesses", anomalies)],
  };
}

const tones: Readonly<Record<ThresholdOutcome["outcome"], Tone>> = {
  missed: "bad",
  inconclusive: "unsure",
  unmeasured: "unsure",
  met: "good",
};

function thresholdSection({ thresholds }: StressResult): Section {
  const order = Object.keys(tones);
  const sorted = thresholds.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return {
    id: "thresholds",
    title: "Thresholds",
    lead: "A ratio misses its limit only when its whole interval does; where the interval straddles the limit, the run cannot say, and says so.",
    tables: [
      {
        caption: `${thresholds.filter(({ outcome }) => outcome === "met").length} of ${thresholds.length} met`,
        columns: [text("Outcome"), text("Threshold"), number("Observed"), text("Decided by")],
        rows: sorted.map((threshold) => [
          {
            text: threshold.outcome,
            tone: tones[threshold.outcome],
            ...(threshold.severity === "invalid" ? { under: ["a miss makes the run invalid"] } : {}),
          },
          threshold.expression,
          observedText(threshold),
          threshold.decidedBy,
        ]),
      },
    ],
  };
}

export function observedText({ observed, low, high, unit }: ThresholdOutcome): string {
  const interval = low === null || high === null ? "" : ` [${unitText(low, unit)}, ${unitText(high, unit)}]`;
  return `${unitText(observed, unit)}${interval}`;
}

function contentionSection({ contention, subject }: StressResult, history: History | null): Section {
  const ours = contention.filter(({ variant }) => variant === "ours");
  return {
    id: "contention",
    title: "Contention",
    lead: "“No anomaly” means something only where calls really met: a contended key had at least two creating calls under way before any of them had ended, and a lost race is a call that was answered with the chat that another one had created meanwhile.",
    tables: [
      contentionTable(subject, ours, subject),
      ...(history === null ? [] : [overlapTable(history, subject)]),
      { ...contentionTable("All variants, each on its paths", contention, subject), isDetail: true },
    ],
  };
}

function contentionTable(caption: string, groups: readonly Contention[], subject: string): Table {
  const heads = ["Calls", "Keys", "Contended", "Widest overlap", "Races lost", "Unknown", "Failed"];
  return {
    caption,
    columns: [text("Variant"), text("Workload"), ...heads.map(number), number("Certain keys")],
    rows: groups.map((row) => [
      variantCell(row.variant, subject),
      `${row.path} ${row.workload}`,
      countText(row.operations),
      countText(row.keys),
      {
        text: countText(row.contendedKeys),
        bar: row.keys === 0 ? 0 : row.contendedKeys / row.keys,
        variant: row.variant,
      },
      countText(row.widestOverlap),
      countText(row.racesLost),
      countText(row.unknown),
      countText(row.failed),
      shareText(row.certainKeys / row.keys),
    ]),
  };
}

/** How many keys had how many calls under way at once, from two on: keys with one call at a time would dwarf the others. */
function overlapTable(history: History, subject: string): Table {
  const widths = evidenceOf(history).keys.map(({ register, operations }) => ({
    variant: register.variant,
    bucket: Math.ceil(Math.log2(Math.max(1, widestOverlap(operations)))),
  }));
  const buckets = Math.max(1, ...widths.map(({ bucket }) => bucket));
  const heads = Array.from({ length: buckets }, (_, index) => (index === 0 ? "2" : `≤${2 ** (index + 1)}`));
  return {
    caption: "Keys by the most calls that were under way for them at one instant",
    columns: [text("Variant"), ...heads.map(number)],
    rows: [...group(widths, ({ variant }) => variant)].map(([variant, own]) => [
      variantCell(variant, subject),
      ...heads.map((_, index) => {
        const count = own.filter(({ bucket }) => bucket === index + 1).length;
        return { text: countText(count), bar: count / own.length, variant };
      }),
    ]),
    isDetail: true,
  };
}

function ratioSection({ ratios, subject }: StressResult): Section {
  return {
    id: "ratios",
    title: "Ratios",
    lead: "Each round runs all variants in random order; a ratio is the median of the rounds' log ratios with its 95 % bootstrap interval. An A/A row compares the subject with itself: its interval is what this run could not tell from no difference.",
    tables: [...group(ratios, ({ metric }) => metric)].map(([metric, rows], place) => ({
      caption: metric,
      columns: [text("Where"), text("Compared"), number("Ratio"), number("95 % interval"), number("Rounds")],
      rows: rows
        .toSorted((a, b) => `${a.path} ${a.workload}`.localeCompare(`${b.path} ${b.workload}`))
        .map(({ of, to, path, workload, estimate, low, high, rounds }) => [
          `${path} ${workload}`,
          of === to
            ? { text: "A/A", under: [`resolves ${resolutionText({ low, high })}`] }
            : { text: `${nameOf(of, subject)} / ${to}`, variant: to },
          { text: factorText(estimate), interval: { estimate, low, high } },
          low === null || high === null ? "too few rounds" : `${factorText(low)} – ${factorText(high)}`,
          countText(rounds),
        ]),
      ...(place === 0 ? {} : { isDetail: true as const }),
    })),
  };
}

/** How far from one a ratio has to be. */
function resolutionText({ low, high }: Pick<RatioEstimate, "low" | "high">): string {
  if (low === null || high === null || low <= 0) return noFigure;
  return `±${((Math.max(high, 1 / low, 1) - 1) * 100).toFixed(0)} %`;
}

function faultSection({ faults }: StressResult): Section {
  return {
    id: "faults",
    title: "Faults and recovery",
    lead: "A fault counts only where it hit calls in flight. Recovery is the time from its end to the first call that was answered again on every way that it hit.",
    tables: [
      {
        caption: `${faults.length} injected, in the order of time`,
        columns: [text("Fault"), number("Began at"), number("Lasted"), number("Calls hit"), text("Recovery")],
        rows: faults
          .toSorted((a, b) => a.injectedAt - b.injectedAt)
          .map((fault) => [
            { text: fault.fault, under: [fault.target] },
            instantText(fault.injectedAt),
            fault.healedAt === null ? "to the end" : spanText((fault.healedAt - fault.injectedAt) / 1e6),
            fault.hit > 0 ? countText(fault.hit) : { text: "none", tone: "unsure" },
            recoveryCell(fault),
          ]),
      },
    ],
  };
}

function recoveryCell(fault: FaultOutcome): Cell {
  if (fault.healedAt === null) return { text: noFigure };
  return { text: recoveryText(fault), ...(fault.recoveryMs === null ? { tone: "bad" as const } : {}) };
}
