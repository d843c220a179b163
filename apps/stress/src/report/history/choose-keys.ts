import type { Register } from "../../history/history-line.ts";
import type { Anomaly } from "../../result/stress-result.ts";
import type { KeyTimeline } from "../report-data.ts";

export interface ChosenKey {
  readonly register: number;
  readonly why: KeyTimeline["why"];
}

export interface KeyChoice {
  readonly registers: readonly Register[];
  readonly anomalies: readonly Anomaly[];
  readonly controlAnomalies: readonly Anomaly[];
  /** Of each register. */
  readonly widest: Int32Array;
}

const most: Readonly<Record<KeyTimeline["why"], number>> = { anomaly: 24, control: 8, contended: 16 };

/** The keys worth drawing: those with anomalies, then the control's, then the most contended of every kind. */
export function chooseKeys(choice: KeyChoice): readonly ChosenKey[] {
  const { registers, anomalies, controlAnomalies } = choice;
  const registerOf = new Map(registers.map(({ key }, register) => [key, register]));
  const chosen = new Map<number, KeyTimeline["why"]>();
  const choose = (candidates: readonly number[], why: KeyTimeline["why"]): void => {
    let left = most[why];
    for (const register of candidates) {
      if (left === 0) return;
      if (chosen.has(register)) continue;
      chosen.set(register, why);
      left -= 1;
    }
  };
  const accused = (list: readonly Anomaly[]): readonly number[] =>
    everyNameFirst(list).flatMap(({ key }) => registerOf.get(key) ?? []);
  choose(accused(anomalies), "anomaly");
  choose(accused(controlAnomalies), "control");
  choose(mostContended(choice), "contended");
  return [...chosen].map(([register, why]) => ({ register, why }));
}

/** One of each kind of anomaly, then a second of each: a common one must not crowd out a rare one. */
function everyNameFirst(anomalies: readonly Anomaly[]): readonly Anomaly[] {
  const seen = new Map<string, number>();
  const ranked = anomalies.map((anomaly) => {
    const rank = seen.get(anomaly.name) ?? 0;
    seen.set(anomaly.name, rank + 1);
    return { anomaly, rank };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ anomaly }) => anomaly);
}

/** The widest of onechat's, of every path and workload one; then the widest of all that are left. */
function mostContended({ registers, widest }: KeyChoice): readonly number[] {
  const best = new Map<string, number>();
  const rest = new WidestFew(most.contended, widest);
  for (const [register, { variant, path, workload }] of registers.entries()) {
    if (widest[register] === 0) continue;
    rest.offer(register);
    const group = `${path} ${workload}`;
    const known = best.get(group);
    if (variant === "ours" && (known === undefined || (widest[register] ?? 0) > (widest[known] ?? 0)))
      best.set(group, register);
  }
  return [...best.values(), ...rest.registers];
}

/** The few widest of many, without sorting the many. */
class WidestFew {
  readonly registers: number[] = [];
  readonly #limit: number;
  readonly #widest: Int32Array;

  constructor(limit: number, widest: Int32Array) {
    this.#limit = limit;
    this.#widest = widest;
  }

  offer(register: number): void {
    const place = this.registers.findIndex((known) => this.#of(known) < this.#of(register));
    if (place >= 0) this.registers.splice(place, 0, register);
    else if (this.registers.length < this.#limit) this.registers.push(register);
    if (this.registers.length > this.#limit) this.registers.pop();
  }

  #of(register: number): number {
    return this.#widest[register] ?? 0;
  }
}
