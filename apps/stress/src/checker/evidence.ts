import type { History } from "../history/history.ts";
import type { Register } from "../history/history-line.ts";
import { cell, fail, find, nothing, ok, type OperationTable, resolve } from "../history/operation-table.ts";
import { holds } from "./holds.ts";
import { rowsByRegister } from "./rows-by-register.ts";

/** What the database held for a register at the end, with ids as numbers. */
export interface AuditedIds {
  readonly live: readonly number[];
  /** Retired id to the live one that it leads to, or `nothing`. */
  readonly redirects: ReadonlyMap<number, number>;
}

/** A history in the form in which it is decided: ids are numbers, and operations lie by register. */
export interface Evidence {
  readonly history: History;
  readonly table: OperationTable;
  readonly registers: readonly Register[];
  /** Every id is a number below this. */
  readonly idCount: number;
  readonly idText: (id: number) => string;
  readonly initialOf: (register: number) => readonly number[];
  /** The register's rows, in the order of the file. */
  readonly rowsOf: (register: number) => Int32Array;
  /** The register of a row, or `nothing` where none was declared. */
  readonly registerOf: (row: number) => number;
  readonly auditOf: (register: number) => AuditedIds | null;
  /** The live chats that the database holds for the register's people, and that really hold them. */
  readonly ownLiveOf: (register: number) => readonly number[];
  /** Whether the row is an answer: what it says was so at some instant between its start and its end. */
  readonly isAnswer: (row: number) => boolean;
  /** Whether every operation of the run is in the history. Where some may be missing, they may explain anything. */
  readonly complete: boolean;
}

export function evidenceOf(history: History): Evidence {
  const { operations: table, registers } = history;
  const ids = idNumbers(table.ids);
  const initial = registers.map((register) => register.initial.map(ids.numberOf));
  const audits = auditsByKey(history, ids.numberOf);
  const auditOf = (register: number) => audits.get(registers[register]?.key ?? "") ?? null;
  const { rowsOf, registerOf } = rowsByRegister(history);
  const notFound = new Set(
    table.errors.flatMap(({ reason }, index) => (reason === "CHAT_NOT_FOUND" ? [index] : [])),
  );
  const readsNothing = (row: number): boolean =>
    cell(table.outcome, row) === fail &&
    notFound.has(cell(table.error, row)) &&
    [find, resolve].includes(cell(table.kind, row));
  return {
    history,
    table,
    registers,
    idCount: ids.count(),
    idText: ids.textOf,
    initialOf: (register) => initial[register] ?? [],
    rowsOf,
    registerOf,
    auditOf,
    ownLiveOf: (register) => auditOf(register)?.own ?? [],
    isAnswer: (row) => cell(table.outcome, row) === ok || readsNothing(row),
    complete:
      history.footer !== null &&
      history.footer.operations === table.length &&
      history.footer.registers === registers.length,
  };
}

/** The table knows the ids that calls named; registers and the audit may name more. */
function idNumbers(known: readonly string[]) {
  const texts = [...known];
  const numbers = new Map(texts.map((text, number) => [text, number]));
  return {
    count: () => texts.length,
    textOf: (id: number): string => texts[id] ?? "nothing",
    numberOf: (text: string): number => {
      const number = numbers.get(text) ?? texts.push(text) - 1;
      numbers.set(text, number);
      return number;
    },
  };
}

function auditsByKey(
  { audit, registers }: History,
  numberOf: (id: string) => number,
): ReadonlyMap<string, AuditedIds & { readonly own: readonly number[] }> {
  const byKey = new Map(registers.map((register) => [register.key, register]));
  return new Map(
    audit.map(({ key, live, redirects }) => {
      const register = byKey.get(key);
      const own = live.filter((chat) => register !== undefined && holds(chat, register));
      const leads = redirects.map(
        ({ id, to }) => [numberOf(id), to === null ? nothing : numberOf(to)] as const,
      );
      return [
        key,
        {
          live: live.map(({ id }) => numberOf(id)),
          own: own.map(({ id }) => numberOf(id)),
          redirects: new Map(leads),
        },
      ];
    }),
  );
}
