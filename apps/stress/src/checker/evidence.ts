import type { History } from "../history/history.ts";
import type { AuditedKey, Register } from "../history/history-line.ts";
import { cell, fail, find, nothing, ok, type OperationTable, resolve } from "../history/operation-table.ts";
import { names } from "../history/names.ts";
import { type RowsByRegister, rowsByRegister } from "./rows-by-register.ts";

/** A history in the form in which it is decided: ids are numbers, and operations lie by register. */
export interface Evidence extends RowsByRegister {
  readonly history: History;
  readonly table: OperationTable;
  readonly registers: readonly Register[];
  /** Every id is a number below this. */
  readonly idCount: number;
  readonly idText: (id: number) => string;
  readonly idNumber: (id: string) => number;
  readonly initialOf: (register: number) => readonly number[];
  readonly auditOf: (register: number) => AuditedKey | null;
  /** Keys that were audited more than once. */
  readonly reread: readonly string[];
  /** Whether the row is an answer: what it says was so at some instant between its start and its end. */
  readonly isAnswer: (row: number) => boolean;
  /** Whether every operation of the run is in the history. Where some may be missing, they may explain anything. */
  readonly complete: boolean;
}

const none: readonly never[] = [];

export function evidenceOf(history: History): Evidence {
  const { operations: table, registers, audit, footer } = history;
  const ids = allIds(history);
  const rows = rowsByRegister(history);
  const audits: (AuditedKey | null)[] = Array.from(registers, () => null);
  const reread: string[] = [];
  for (const audited of audit) {
    const register = rows.registerNamed(audited.key);
    if ((audits[register] ?? null) !== null) reread.push(audited.key);
    if (register !== nothing) audits[register] = audited;
  }
  return {
    history,
    table,
    registers,
    idCount: ids.count,
    idText: ids.text,
    idNumber: ids.number,
    initialOf(register) {
      const initial = registers[register]?.initial ?? none;
      return initial.length === 0 ? none : initial.map(ids.number);
    },
    ...rows,
    auditOf: (register) => audits[register] ?? null,
    reread,
    isAnswer: answers(table),
    complete: footer !== null && footer.operations === table.length && footer.registers === registers.length,
  };
}

/** What was seen; and of a question about what is not there, that it is not. */
function answers(table: OperationTable): (row: number) => boolean {
  const notFound = table.errors.map(({ reason }) => reason === "CHAT_NOT_FOUND");
  return (row) => {
    if (cell(table.outcome, row) !== fail) return cell(table.outcome, row) === ok;
    const kind = cell(table.kind, row);
    return (kind === find || kind === resolve) && notFound[cell(table.error, row)] === true;
  };
}

interface Ids {
  readonly count: number;
  readonly text: (id: number) => string;
  readonly number: (id: string) => number;
}

/** The ids that calls named have their numbers in the table; registers and the audit may name more. */
function allIds({ operations: table, registers, audit }: History): Ids {
  const more = names();
  const number = (id: string): number => {
    const known = table.idNamed(id);
    return known === nothing ? table.ids.length + more.indexOf(id) : known;
  };
  for (const { initial } of registers) initial.forEach(number);
  for (const { live, redirects } of audit) {
    for (const { id } of live) number(id);
    for (const { id, to } of redirects) [id, to ?? id].forEach(number);
  }
  return {
    count: table.ids.length + more.list.length,
    text: (id) => table.ids[id] ?? more.list[id - table.ids.length] ?? "nothing",
    number,
  };
}
