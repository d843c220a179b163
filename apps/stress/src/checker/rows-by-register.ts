import type { History } from "../history/history.ts";
import type { Register } from "../history/history-line.ts";
import { cell, nothing, type OperationTable } from "../history/operation-table.ts";

export interface RowsByRegister {
  /** Keys of more than one register. */
  readonly redeclared: readonly string[];
  /** The number of the register with this key, or `nothing`. */
  readonly registerNamed: (key: string) => number;
  /** The register of a row, or `nothing` where none was declared. */
  readonly registerOf: (row: number) => number;
  /** The register's rows, in the order of the file. */
  readonly rowsOf: (register: number) => Int32Array;
}

const none = new Int32Array(0);

/** Sorts the rows into their registers by counting: two passes over the table, and no object per row. */
export function rowsByRegister({ operations: table, registers }: History): RowsByRegister {
  const { redeclared, registerNamed, registerOfKey } = registersByKey(table, registers);
  const registerOf = (row: number): number => cell(registerOfKey, cell(table.key, row));

  const ends = new Int32Array(registers.length + 1);
  for (let row = 0; row < table.length; row += 1) {
    const register = registerOf(row);
    if (register !== nothing) ends[register + 1] = cell(ends, register + 1) + 1;
  }
  for (let register = 0; register < registers.length; register += 1)
    ends[register + 1] = cell(ends, register + 1) + cell(ends, register);

  const next = ends.slice();
  const sorted = new Int32Array(cell(ends, registers.length));
  for (let row = 0; row < table.length; row += 1) {
    const register = registerOf(row);
    if (register === nothing) continue;
    const place = cell(next, register);
    sorted[place] = row;
    next[register] = place + 1;
  }
  return {
    redeclared,
    registerNamed,
    registerOf,
    rowsOf: (register) =>
      register < registers.length ? sorted.subarray(cell(ends, register), cell(ends, register + 1)) : none,
  };
}

/** The table knows the keys that were called; some of the registers may never have been. */
function registersByKey(table: OperationTable, registers: readonly Register[]) {
  const registerOfKey = new Int32Array(table.keys.length).fill(nothing);
  const uncalled = new Map<string, number>();
  const registerNamed = (key: string): number => {
    const called = table.keyNamed(key);
    return called === nothing ? (uncalled.get(key) ?? nothing) : cell(registerOfKey, called);
  };
  const redeclared: string[] = [];
  for (const [register, { key }] of registers.entries()) {
    if (registerNamed(key) !== nothing) redeclared.push(key);
    const called = table.keyNamed(key);
    if (called === nothing) uncalled.set(key, register);
    else registerOfKey[called] = register;
  }
  return { redeclared, registerNamed, registerOfKey };
}
