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
  readonly #lines: { readonly [Type in HistoryLine["type"]]: LinesOf<Type>[] } = {
    history: [],
    register: [],
    op: [],
    fault: [],
    machine: [],
    block: [],
    audit: [],
    end: [],
  };

  /** @throws Error when the line cannot stand here */
  add(line: HistoryLine): void {
    const { history, end } = this.#lines;
    if (end.length > 0) throw new Error("there is a line after the last one");
    if (line.type === "history" && history.length > 0) throw new Error("there is a second header");
    if (line.type !== "history" && history.length === 0)
      throw new Error(`a history begins with "history", and not with "${line.type}"`);
    const alike: HistoryLine[] = this.#lines[line.type];
    alike.push(line);
  }

  /** @throws Error when there was no line */
  history(): History {
    const { history, register, op, fault, machine, block, audit, end } = this.#lines;
    const [header] = history;
    if (header === undefined) throw new Error("there is no history in it");
    return {
      header,
      registers: register,
      operations: op,
      faults: fault,
      machine,
      blocks: block,
      audit,
      footer: end[0] ?? null,
    };
  }
}

/** The history that these lines say; the first one is the header. */
export function historyOf(lines: Iterable<HistoryLine>): History {
  const builder = new HistoryBuilder();
  for (const line of lines) builder.add(line);
  return builder.history();
}
