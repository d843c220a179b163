import type { HistoryFooter, HistoryHeader, HistoryLine, Register } from "../history/history-line.ts";
import type { Outcome } from "../history/operation.ts";
import { type HistoryWriter, openHistory } from "../history/write-history.ts";
import type { SeenOperation } from "../load/orders.ts";
import type { Target } from "./ways.ts";

type Listener = (operations: readonly SeenOperation[]) => void;

/** Everything that is seen during a run goes through here, into the history and to whoever asked for it. */
export class Recorder implements AsyncDisposable {
  readonly #writer: HistoryWriter;
  readonly #counts: Record<Outcome, number> = { ok: 0, fail: 0, unknown: 0 };
  readonly #registers = new Map<Target, Register[]>();
  readonly #listeners = new Set<Listener>();
  readonly #totals = { operations: 0, registers: 0 };

  private constructor(writer: HistoryWriter) {
    this.#writer = writer;
  }

  static async open(path: string, header: Omit<HistoryHeader, "type">): Promise<Recorder> {
    const recorder = new Recorder(await openHistory(path));
    recorder.note({ type: "history", ...header });
    return recorder;
  }

  /** People whom somebody will ask this target about. */
  enter(target: Target, registers: readonly Register[]): void {
    this.#registers.set(target, [...(this.#registers.get(target) ?? []), ...registers]);
    this.#totals.registers += registers.length;
    for (const register of registers) this.note(register);
  }

  /** Numbers operations in the order in which they are heard of. */
  readonly heard = (process: string, operations: readonly SeenOperation[]): void => {
    for (const operation of operations) {
      this.#totals.operations += 1;
      this.#counts[operation.outcome] += 1;
      this.note({ type: "op", op: this.#totals.operations, process, ...operation });
    }
    for (const listener of this.#listeners) listener(operations);
  };

  readonly note = (line: HistoryLine): void => this.#writer.write(line);

  /** The last line; without it a history is not whole. */
  end(audited: boolean, audit: HistoryFooter["audit"]): void {
    this.note({ type: "end", ...this.#totals, audited, ...(audit === "database" ? {} : { audit }) });
  }

  /** From now on, until the result is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Resolves when the disk has caught up.
   *
   * @throws Error when it does not take any more
   */
  async settled(): Promise<void> {
    await this.#writer.settled().catch((cause: unknown) => {
      throw new Error("the history cannot be written", { cause });
    });
  }

  registers(): ReadonlyMap<Target, readonly Register[]> {
    return this.#registers;
  }

  readonly counts = (): Readonly<Record<Outcome, number>> => ({ ...this.#counts });

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }
}
