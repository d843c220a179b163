import type { CheckedHistory } from "../checker/checked-history.ts";
import type { History } from "../history/history.ts";
import { type Operation, Variant } from "../history/operation.ts";
import { countText } from "../report/text/figure-text.ts";
import { operationText } from "../report/text/operation-text.ts";
import { recoveryText } from "../report/text/recovery-text.ts";
import { visibleText } from "../report/text/visible-text.ts";
import type { Anomaly, Contention, FaultOutcome } from "../result/stress-result.ts";
import { countsByName, type JudgedHistory } from "./judge-history.ts";
import { witnessesOf } from "./witnesses.ts";

/** So many anomalies are shown with their operations; the rest is in the JSON. */
const shown = 50;

const meanings: Readonly<Record<JudgedHistory["verdict"], string>> = {
  pass: "there was exactly one chat for every set of people",
  anomaly: "there was not exactly one chat for every set of people",
  unknown: "no anomaly of onechat was found, but that proves nothing",
};

/** For people: the verdict, what it rests on, and every anomaly with the operations that prove it. */
export function checkText(history: History, checked: CheckedHistory, judged: JudgedHistory): string {
  const { verdict, reasons, anomalies, controlAnomalies } = judged;
  const { header, operations, registers } = history;
  const witnesses = witnessesOf(history, anomalies.slice(0, shown));
  const blocks = [
    [`${verdict.toUpperCase()}: ${meanings[verdict]}`, ...reasons.map((reason) => `  ${reason}`)],
    [
      `run ${header.run}, profile ${header.profile}, seed ${header.seed}: ` +
        `${countText(operations.length)} operations on ${countText(registers.length)} keys`,
      ...contentionTable(checked.contention),
    ],
    checked.faults.map(faultLine),
    ...anomalies.slice(0, shown).map((anomaly) => anomalyLines(anomaly, witnesses)),
    anomalies.length > shown ? [`and ${anomalies.length - shown} more: --json shows all`] : [],
    controlLines(controlAnomalies),
  ];
  return visibleText(
    `${blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n"))
      .join("\n\n")}\n`,
  );
}

const columns: readonly (readonly [string, (group: Contention) => string])[] = [
  ["variant", ({ variant }) => variant],
  ["path", ({ path }) => path],
  ["workload", ({ workload }) => workload],
  ["keys", ({ keys }) => countText(keys)],
  ["operations", ({ operations }) => countText(operations)],
  ["unknown", ({ unknown, operations }) => shareText(unknown, operations)],
  ["contended", ({ contendedKeys }) => countText(contendedKeys)],
  ["at once", ({ widestOverlap }) => countText(widestOverlap)],
  ["races lost", ({ racesLost }) => countText(racesLost)],
];
const texts = 3;

function placeOf({ path, workload, variant }: Contention): string {
  return `${path} ${workload} ${Variant.options.indexOf(variant)}`;
}

/** The variants of a workload stand below one another. */
function contentionTable(groups: readonly Contention[]): readonly string[] {
  const rows = [
    columns.map(([name]) => name),
    ...groups
      .toSorted((a, b) => placeOf(a).localeCompare(placeOf(b)))
      .map((group) => columns.map(([, text]) => text(group))),
  ];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) =>
        column < texts ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .replace(/^/, "  ")
      .trimEnd(),
  );
}

function shareText(part: number, whole: number): string {
  return part === 0 ? "0" : `${countText(part)} (${((100 * part) / whole).toFixed(1)} %)`;
}

function faultLine(outcome: FaultOutcome): string {
  const { fault, target, hit } = outcome;
  return `  fault ${fault} on ${target}: hit ${countText(hit)}, ${recoveryText(outcome)}`;
}

function anomalyLines(
  { name, key, path, workload, text, witnesses }: Anomaly,
  operations: ReadonlyMap<number, Operation>,
): readonly string[] {
  return [
    `${name}  ${key}  (${path}, ${workload})`,
    `  ${text}`,
    ...witnesses.flatMap((op) => {
      const operation = operations.get(op);
      return operation === undefined ? [] : [`    ${operationText(operation)}`];
    }),
  ];
}

const controlNames = { ours: "onechat", naive: "naive", mongoose: "mongoose", raw: "raw driver" } as const;

function controlLines(anomalies: readonly Anomaly[]): readonly string[] {
  const variants = [...new Set(anomalies.map(({ variant }) => variant))];
  return variants.map((variant) => {
    const counts = countsByName(anomalies.filter((anomaly) => anomaly.variant === variant));
    const found = counts
      .map(([name, count]) => `${name} on ${count} ${count === 1 ? "key" : "keys"}`)
      .join(", ");
    const expected = variant === "naive" ? "breaks, as it must" : "breaks";
    return `the ${controlNames[variant]} control ${expected}: ${found}`;
  });
}
