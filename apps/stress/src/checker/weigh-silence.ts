import type { MachineReading } from "../history/history-line.ts";
import { cell } from "../history/operation-table.ts";
import type { Anomaly } from "../result/stress-result.ts";
import type { Evidence } from "./evidence.ts";
import { figuresText, isSlow, readingsDuring } from "./slow-machine.ts";

/** Calls after a fault of which none was answered. */
export interface Silence {
  readonly rows: readonly number[];
  /** For people: what they have in common. */
  readonly place: string;
}

/** What a silence says: something is wrong with who was called, or nothing, because the machine was too slow. */
export interface WeighedSilence {
  readonly anomaly?: Anomaly;
  readonly doubt?: string;
}

/** A call says something only where the machine was fast enough to answer it; of most calls this has to be known. */
export function weighed(
  { table, registers, registerOf }: Evidence,
  { rows, place }: Silence,
  readings: readonly MachineReading[],
): WeighedSilence {
  const [first = 0] = rows;
  const register = registers[registerOf(first)];
  if (register === undefined) return {};
  const { key, variant, path, workload } = register;
  const meanwhile = (row: number): readonly MachineReading[] =>
    readingsDuring(readings, { from: cell(table.start, row), until: cell(table.end, row) });
  const telling = rows.filter((row) => !meanwhile(row).some(isSlow));
  const measured = [...new Set(rows.flatMap(meanwhile))];
  const calls = rows.length === 1 ? "a call was" : `${rows.length} calls were`;
  const text = `nothing ${place} was answered after a fault had ended, though ${calls} made`;
  const figures = measured.length === 0 ? "" : `; meanwhile ${figuresText(measured)}`;
  if (telling.length * 2 > rows.length) {
    const witnesses = telling.slice(0, 3).map((row) => cell(table.op, row));
    const anomaly = { name: "STUCK" as const, key, variant, path, workload, witnesses };
    return { anomaly: { ...anomaly, text: `${text}${figures}` } };
  }
  // What becomes of a control is no question of the verdict.
  if (variant !== "ours") return {};
  return { doubt: `the machine was too slow to tell whether ${key} is stuck: ${text}${figures}` };
}
