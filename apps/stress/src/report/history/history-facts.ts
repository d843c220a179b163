import { rowsByRegister } from "../../checker/rows-by-register.ts";
import type { History } from "../../history/history.ts";
import { cell, operationAt } from "../../history/operation-table.ts";
import type { Operation, Variant } from "../../history/operation.ts";
import type { Anomaly, StressResult } from "../../result/stress-result.ts";
import type { KeyTimeline } from "../report-data.ts";
import { chooseKeys } from "./choose-keys.ts";
import { keyTimeline } from "./key-timeline.ts";
import { widestOverlap } from "./widest-overlap.ts";

/** How many keys of a variant had how many calls under way at once; the last of `keys` is the widest. */
export interface OverlapHistogram {
  readonly variant: Variant;
  /** Keys whose widest overlap was 1, 2, 3–4, 5–8, and so on. */
  readonly keys: readonly number[];
}

/** What a report takes from the operations themselves. */
export interface HistoryFacts {
  readonly witnesses: ReadonlyMap<number, Operation>;
  /** In the order in which they are offered, with the place of each key among them. */
  readonly timelines: readonly KeyTimeline[];
  readonly timelineOf: ReadonlyMap<string, number>;
  readonly overlaps: readonly OverlapHistogram[];
}

/** Without a history there is nothing of this kind to show. */
export const noFacts: HistoryFacts = {
  witnesses: new Map(),
  timelines: [],
  timelineOf: new Map(),
  overlaps: [],
};

/** `limit`: operations that may be drawn, of all keys together. */
export function historyFacts(
  history: History,
  result: Pick<StressResult, "anomalies" | "controlAnomalies">,
  limit: number,
): HistoryFacts {
  const { operations: table, registers } = history;
  const { rowsOf } = rowsByRegister(history);
  const widest = Int32Array.from(registers, (_, register) => widestOverlap(table, rowsOf(register)));
  const anomalies = [...result.anomalies, ...result.controlAnomalies];
  return {
    witnesses: witnessesOf(history, anomalies),
    overlaps: overlapsOf(history, widest),
    ...timelinesOf(history, { ...result, widest, rowsOf, limit }),
  };
}

interface Drawing extends Pick<StressResult, "anomalies" | "controlAnomalies"> {
  readonly widest: Int32Array;
  readonly rowsOf: (register: number) => Int32Array;
  readonly limit: number;
}

function timelinesOf(
  history: History,
  { anomalies, controlAnomalies, widest, rowsOf, limit }: Drawing,
): Pick<HistoryFacts, "timelines" | "timelineOf"> {
  const { registers } = history;
  const byKey = anomaliesByKey([...anomalies, ...controlAnomalies]);
  const timelines: KeyTimeline[] = [];
  const timelineOf = new Map<string, number>();
  let left = limit;
  for (const { register: index, why } of chooseKeys({ registers, anomalies, controlAnomalies, widest })) {
    const register = registers[index];
    // A key drawn with a handful of its operations would mislead.
    if (register === undefined || left < 50) break;
    const timeline = keyTimeline(history, {
      register,
      rows: rowsOf(index),
      why,
      widest: cell(widest, index),
      anomalies: byKey.get(register.key) ?? [],
      limit: Math.min(left, why === "contended" ? 600 : 2_000),
    });
    left -= timeline.operations.length;
    timelineOf.set(register.key, timelines.push(timeline) - 1);
  }
  return { timelines, timelineOf };
}

function anomaliesByKey(anomalies: readonly Anomaly[]): ReadonlyMap<string, readonly Anomaly[]> {
  const byKey = new Map<string, Anomaly[]>();
  for (const anomaly of anomalies) {
    const known = byKey.get(anomaly.key);
    if (known === undefined) byKey.set(anomaly.key, [anomaly]);
    else known.push(anomaly);
  }
  return byKey;
}

function witnessesOf(
  { operations: table }: History,
  anomalies: readonly Anomaly[],
): ReadonlyMap<number, Operation> {
  const wanted = new Set(anomalies.flatMap(({ witnesses }) => witnesses));
  const found = new Map<number, Operation>();
  for (let row = 0; row < table.length; row += 1) {
    const op = cell(table.op, row);
    if (wanted.has(op)) found.set(op, operationAt(table, row));
  }
  return found;
}

function overlapsOf({ registers }: History, widest: Int32Array): readonly OverlapHistogram[] {
  const histograms = new Map<Variant, number[]>();
  for (const [index, { variant }] of registers.entries()) {
    const overlap = cell(widest, index);
    if (overlap === 0) continue;
    const keys = histograms.get(variant) ?? [];
    const bucket = Math.ceil(Math.log2(overlap));
    while (keys.length <= bucket) keys.push(0);
    keys[bucket] = (keys[bucket] ?? 0) + 1;
    histograms.set(variant, keys);
  }
  return [...histograms].map(([variant, keys]) => ({ variant, keys }));
}
