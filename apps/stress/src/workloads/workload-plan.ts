import type { OperationKind } from "../history/operation.ts";
import type { SeededRandom } from "../speed/seeded-random.ts";

/** People who have, or will have, one chat in one scope. */
export interface PlannedRegister {
  /** Unique in its plan. */
  readonly name: string;
  readonly participants: readonly string[];
  readonly scope: string;
  /** Ids of legacy chats to be put there before, the oldest first. */
  readonly initial: readonly string[];
}

/** A call that is yet to be made. */
export interface PlannedCall {
  readonly register: string;
  readonly kind: Exclude<OperationKind, "merge">;
  /** As the caller names them; over HTTP the first one is who calls. */
  readonly participants: readonly string[];
  readonly scope: string;
  /** `resolve` only: the id asked for. */
  readonly asked: string | null;
}

/** A caller: one call after the other, in one process. */
export interface Lane {
  /** Which of the processes, counted from 0. */
  readonly process: number;
  /** Nanoseconds after the release at which the first call is due; `null` outside of open loops: at once. */
  readonly due: number | null;
  readonly calls: readonly PlannedCall[];
}

/** Lanes that all processes release at the same instant. */
export type Wave = readonly Lane[];

export interface WorkloadPlan {
  readonly registers: readonly PlannedRegister[];
  readonly waves: readonly Wave[];
}

/** What a plan is made of: the same shape and the same random numbers give the same plan. */
export interface WorkloadShape {
  /** Begins every participant's id, so that no two plans of a run share people. */
  readonly prefix: string;
  readonly callers: number;
  readonly keys: number;
  readonly processes: number;
  readonly random: SeededRandom;
}

/** The people of a register, in another order, and now and then with somebody named twice. */
export function askedBy({ participants }: PlannedRegister, random: SeededRandom): readonly string[] {
  const order = shuffled(participants, random);
  const [first] = order;
  return random.below(4) === 0 && first !== undefined ? [...order, first] : order;
}

export function ensureCall(register: PlannedRegister, participants: readonly string[]): PlannedCall {
  return { register: register.name, kind: "ensure", participants, scope: register.scope, asked: null };
}

export function findCall(register: PlannedRegister, participants: readonly string[]): PlannedCall {
  return { register: register.name, kind: "find", participants, scope: register.scope, asked: null };
}

export function newRegister(name: string, participants: readonly string[], scope = ""): PlannedRegister {
  return { name, participants: participants.toSorted(), scope, initial: [] };
}

/** So many pairs, nobody in two of them. */
export function pairRegisters(prefix: string, count: number): readonly PlannedRegister[] {
  return range(count).map((n) => newRegister(`${n}`, [`${prefix}-${n}-a`, `${prefix}-${n}-b`]));
}

/** Fisher–Yates. */
export function shuffled<T>(values: readonly T[], random: SeededRandom): readonly T[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

export function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
