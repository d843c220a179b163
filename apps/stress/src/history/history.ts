import type { HistoryLine } from "./history-line.ts";

type LinesOf<Type extends HistoryLine["type"]> = Extract<HistoryLine, { readonly type: Type }>;

/** Everything that a run wrote down. */
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

/** A history that is being put together, line by line. */
export class HistoryBuilder {
  readonly #lines: HistoryLine[] = [];

  /** @throws Error when the line cannot stand here */
  add(line: HistoryLine): void {
    const last = this.#lines.at(-1);
    if (last?.type === "end") throw new Error("there is a line after the last one");
    if (last !== undefined && line.type === "history") throw new Error("there is a second header");
    if (last === undefined && line.type !== "history")
      throw new Error(`a history begins with "history", and not with "${line.type}"`);
    this.#lines.push(line);
  }

  /** @throws Error when there was no line */
  history(): History {
    const linesOf = <Type extends HistoryLine["type"]>(type: Type) =>
      this.#lines.filter((line): line is LinesOf<Type> => line.type === type);
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
}

/** The history that these lines say; the first one is the header. */
export function historyOf(lines: Iterable<HistoryLine>): History {
  const builder = new HistoryBuilder();
  for (const line of lines) builder.add(line);
  return builder.history();
}
