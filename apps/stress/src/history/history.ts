import type { HistoryLine } from "./history-line.ts";

type LinesOf<Type extends HistoryLine["type"]> = Extract<HistoryLine, { readonly type: Type }>;

export interface History {
  readonly header: LinesOf<"history">;
  readonly registers: readonly LinesOf<"register">[];
  readonly operations: readonly LinesOf<"op">[];
  readonly faults: readonly LinesOf<"fault">[];
  readonly machine: readonly LinesOf<"machine">[];
  readonly blocks: readonly LinesOf<"block">[];
  readonly audit: readonly LinesOf<"audit">[];
  /** `null` when the history was cut short. */
  readonly footer: LinesOf<"end"> | null;
}

/** @throws Error when the line cannot come after the last one, or be the first */
export function refuseMisplaced(line: HistoryLine, last: HistoryLine | undefined): void {
  if (last?.type === "end") throw new Error("there is a line after the last one");
  if (last !== undefined && line.type === "history") throw new Error("there is a second header");
  if (last === undefined && line.type !== "history")
    throw new Error(`a history begins with "history", and not with "${line.type}"`);
}

/** @throws Error when there is no header */
export function historyOf(lines: readonly HistoryLine[]): History {
  const linesOf = <Type extends HistoryLine["type"]>(type: Type) =>
    lines.filter((line): line is LinesOf<Type> => line.type === type);
  const [header] = linesOf("history");
  if (header === undefined) throw new Error("there is no history in it");
  return {
    header,
    registers: linesOf("register"),
    operations: linesOf("op"),
    faults: linesOf("fault"),
    machine: linesOf("machine"),
    blocks: linesOf("block"),
    audit: linesOf("audit"),
    footer: linesOf("end")[0] ?? null,
  };
}
