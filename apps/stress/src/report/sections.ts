import { group } from "d3-array";
import { widestOverlap } from "../checker/contention.ts";
import { evidenceOf } from "../checker/evidence.ts";
import type { History } from "../history/history.ts";
import type { Contention, FaultOutcome, StressResult, ThresholdOutcome } from "../measure/result.ts";
import type { AnomalyGroup } from "./anomaly-groups.ts";
import { controlSection, environmentSection, latencySection, timeSection } from "./figure-sections.ts";
import { anomalyTable, count, nameOf, number, table, text, variantColumn } from "./table.ts";
import {
  factorText,
  instantText,
  noFigure,
  recoveryText,
  shareText,
  spanText,
  unitText,
} from "./text/figure-text.ts";
import type { Section, Table, Tone } from "./view.ts";

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

/** The worst comes first. */
const tones: Readonly<Record<ThresholdOutcome["outcome"], Tone>> = {
  missed: "bad",
  inconclusive: "unsure",
  unmeasured: "unsure",
  met: "good",
};

function thresholdSection({ thresholds }: StressResult): Section {
  const order = Object.keys(tones);
  const sorted = thresholds.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  const met = thresholds.filter(({ outcome }) => outcome === "met").length;
  return {
    id: "thresholds",
    title: "Thresholds",
    lead: "A ratio misses its limit only when its whole interval does; where the interval straddles the limit, the run cannot say, and says so.",
    tables: [
      table(`${met} of ${thresholds.length} met`, sorted, [
        text("Outcome", ({ outcome, severity }) => ({
          text: outcome,
          tone: tones[outcome],
          under: severity === "invalid" ? ["a miss makes the run invalid"] : [],
        })),
        text("Threshold", ({ expression }) => expression),
        number("Observed", observedText),
        text("Decided by", ({ decidedBy }) => decidedBy),
      ]),
    ],
  };
}

export function observedText({ observed, low, high, unit }: ThresholdOutcome): string {
  const interval = low === null || high === null ? "" : ` [${unitText(low, unit)}, ${unitText(high, unit)}]`;
  return `${unitText(observed, unit)}${interval}`;
}

function contentionSection({ contention, subject }: StressResult, history: History | null): Section {
  const ours = contention.filter(({ variant }) => variant === "ours");
  const tableOf = (caption: string, groups: readonly Contention[], isDetail: boolean): Table =>
    table(
      caption,
      groups,
      [
        variantColumn(subject),
        text("Workload", ({ path, workload }) => `${path} ${workload}`),
        count("Calls", ({ operations }) => operations),
        count("Keys", ({ keys }) => keys),
        number("Contended", ({ contendedKeys, keys, variant }) => ({
          text: String(contendedKeys),
          bar: keys === 0 ? 0 : contendedKeys / keys,
          variant,
        })),
        count("Widest overlap", (row) => row.widestOverlap),
        count("Races lost", ({ racesLost }) => racesLost),
        count("Unknown", ({ unknown }) => unknown),
        count("Failed", ({ failed }) => failed),
        number("Certain keys", ({ certainKeys, keys }) => shareText(certainKeys / keys)),
      ],
      isDetail,
    );
  return {
    id: "contention",
    title: "Contention",
    lead: "“No anomaly” means something only where calls really met: a contended key had at least two creating calls under way before any of them had ended, and a lost race is a call that was answered with the chat that another one had created meanwhile.",
    tables: [
      tableOf(subject, ours, false),
      ...(history === null ? [] : [overlapTable(history, subject)]),
      tableOf("All variants, each on its paths", contention, true),
    ],
  };
}

/** How many keys had how many calls under way at once, from two on: keys with one call at a time would dwarf the others. */
function overlapTable(history: History, subject: string): Table {
  const widths = evidenceOf(history).keys.map(({ register, operations }) => ({
    variant: register.variant,
    bucket: Math.ceil(Math.log2(Math.max(1, widestOverlap(operations)))),
  }));
  const buckets = Math.max(1, ...widths.map(({ bucket }) => bucket));
  const rows = [...group(widths, ({ variant }) => variant)].map(([variant, own]) => ({ variant, own }));
  return table(
    "Keys by the most calls that were under way for them at one instant",
    rows,
    [
      variantColumn(subject),
      ...Array.from({ length: buckets }, (_, index) =>
        number<(typeof rows)[number]>(index === 0 ? "2" : `≤${2 ** (index + 1)}`, ({ variant, own }) => {
          const some = own.filter(({ bucket }) => bucket === index + 1).length;
          return { text: String(some), bar: some / own.length, variant };
        }),
      ),
    ],
    true,
  );
}

function ratioSection({ ratios, subject }: StressResult): Section {
  const tables = [...group(ratios, ({ metric }) => metric)].map(([metric, rows], place) => {
    const sorted = rows.toSorted((a, b) =>
      `${a.path} ${a.workload}`.localeCompare(`${b.path} ${b.workload}`),
    );
    return table(
      metric,
      sorted,
      [
        text("Where", ({ path, workload }) => `${path} ${workload}`),
        text("Compared", ({ of, to, low, high }) =>
          of === to
            ? { text: "A/A", under: [`resolves ${resolutionText(low, high)}`] }
            : { text: `${nameOf(of, subject)} / ${to}`, variant: to },
        ),
        number("Ratio", ({ estimate, low, high }) => ({
          text: factorText(estimate),
          interval: { estimate, low, high },
        })),
        number("95 % interval", ({ low, high }) =>
          low === null || high === null ? "too few rounds" : `${factorText(low)} – ${factorText(high)}`,
        ),
        count("Rounds", ({ rounds }) => rounds),
      ],
      place > 0,
    );
  });
  return {
    id: "ratios",
    title: "Ratios",
    lead: "Each round runs all variants in random order; a ratio is the median of the rounds' log ratios with its 95 % bootstrap interval. An A/A row compares the subject with itself: its interval is what this run could not tell from no difference.",
    tables,
  };
}

/** How far from one a ratio has to be. */
function resolutionText(low: number | null, high: number | null): string {
  if (low === null || high === null || low <= 0) return noFigure;
  return `±${((Math.max(high, 1 / low, 1) - 1) * 100).toFixed(0)} %`;
}

function faultSection({ faults }: StressResult): Section {
  const sorted = faults.toSorted((a, b) => a.injectedAt - b.injectedAt);
  return {
    id: "faults",
    title: "Faults and recovery",
    lead: "A fault counts only where it hit calls in flight. Recovery is the time from its end to the first call that was answered again on every way that it hit.",
    tables: [
      table<FaultOutcome>(`${faults.length} injected, in the order of time`, sorted, [
        text("Fault", ({ fault, target }) => ({ text: fault, under: [target] })),
        number("Began at", ({ injectedAt }) => instantText(injectedAt)),
        number("Lasted", ({ healedAt, injectedAt }) =>
          healedAt === null ? "to the end" : spanText((healedAt - injectedAt) / 1e6),
        ),
        number("Calls hit", ({ hit }) => (hit > 0 ? String(hit) : { text: "none", tone: "unsure" })),
        text("Recovery", (fault) => {
          if (fault.healedAt === null) return noFigure;
          const said = recoveryText(fault);
          return fault.recoveryMs === null ? { text: said, tone: "bad" } : said;
        }),
      ]),
    ],
  };
}
