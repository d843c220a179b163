import type {
  AuditedKey,
  Block,
  FaultEvent,
  HistoryFooter,
  HistoryHeader,
  HistoryLine,
  MachineReading,
  Register,
} from "./history-line.ts";
import type { Operation } from "./operation.ts";

/** Everything that a run wrote down. */
export interface History {
  readonly header: HistoryHeader;
  readonly registers: readonly Register[];
  readonly operations: readonly Operation[];
  readonly faults: readonly FaultEvent[];
  readonly machine: readonly MachineReading[];
  readonly blocks: readonly Block[];
  readonly audit: readonly AuditedKey[];
  /** `null` when the history was cut short. */
  readonly footer: HistoryFooter | null;
}

/** A history that is being put together, line by line. */
export class HistoryBuilder {
  readonly #lines = {
    registers: new Array<Register>(),
    operations: new Array<Operation>(),
    faults: new Array<FaultEvent>(),
    machine: new Array<MachineReading>(),
    blocks: new Array<Block>(),
    audit: new Array<AuditedKey>(),
  };
  #header: HistoryHeader | null = null;
  #footer: HistoryFooter | null = null;

  /** @throws Error when the line cannot stand here */
  add(line: HistoryLine): void {
    if (this.#footer !== null) throw new Error("there is a line after the last one");
    if (line.type === "history") {
      if (this.#header !== null) throw new Error("there is a second header");
      this.#header = line;
    } else if (this.#header === null)
      throw new Error(`a history begins with "history", and not with "${line.type}"`);
    else if (line.type === "end") this.#footer = line;
    else this.#put(line);
  }

  #put(line: Exclude<HistoryLine, HistoryHeader | HistoryFooter>): void {
    const { registers, operations, faults, machine, blocks, audit } = this.#lines;
    switch (line.type) {
      case "op":
        return void operations.push(line);
      case "register":
        return void registers.push(line);
      case "audit":
        return void audit.push(line);
      case "fault":
        return void faults.push(line);
      case "machine":
        return void machine.push(line);
      case "block":
        blocks.push(line);
    }
  }

  /** @throws Error when there was no line */
  history(): History {
    if (this.#header === null) throw new Error("there is no history in it");
    return { header: this.#header, ...this.#lines, footer: this.#footer };
  }
}

/** The history that these lines say; the first one is the header. */
export function historyOf(lines: Iterable<HistoryLine>): History {
  const builder = new HistoryBuilder();
  for (const line of lines) builder.add(line);
  return builder.history();
}
