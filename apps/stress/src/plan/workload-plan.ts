import { range, shuffler } from "d3-array";
import type { OperationKind } from "../history/operation.ts";
import type { SeededRandom } from "../seeded-random.ts";

/** People who have, or will have, one chat in one scope. */
export interface PlannedRegister {
  readonly name: string;
  readonly participants: readonly string[];
  readonly scope: string;
  /** Ids of legacy chats to be put there before, the oldest first. */
  readonly initial: readonly string[];
}

export interface PlannedCall {
  readonly register: string;
  readonly kind: Exclude<OperationKind, "merge">;
  /** As the caller names them; over HTTP the first one is who calls. */
  readonly participants: readonly string[];
  readonly scope: string;
  /** `resolve`, `remove`: the id asked for; `null`: the one that this caller was answered with before. */
  readonly asked: string | null;
  /** Milliseconds after which the caller gives up; `null`: when the store does. */
  readonly patienceMs: number | null;
}

/** A caller: one call after the other, in one process. */
export interface Lane {
  /** Which of the processes, counted from 0. */
  readonly process: number;
  /** Nanoseconds after the release at which the first call is due; `null` outside of open loops: at once. */
  readonly due: number | null;
  readonly calls: readonly PlannedCall[];
}

export function laneOf(process: number, calls: readonly PlannedCall[], due: number | null = null): Lane {
  return { process, due, calls };
}

export type Wave = readonly Lane[];

export interface WorkloadPlan {
  readonly registers: readonly PlannedRegister[];
  readonly waves: readonly Wave[];
}

export interface PeopleSource {
  /** Unique in the run: no two plans, and no two runs, share people in a scope. */
  readonly prefix: string;
  /** Accounts that really exist, to be taken in turn; `null`: any ids will do. */
  readonly accounts: readonly string[] | null;
  /**
   * A few people of the run of whom one is in every set, and calls for it: where everybody's token has its price. `null`:
   * everybody calls for himself.
   */
  readonly hosts: readonly string[] | null;
}

/** What a plan is made of: the same shape and the same random numbers give the same plan. */
export interface WorkloadShape extends PeopleSource {
  readonly callers: number;
  readonly keys: number;
  readonly processes: number;
  readonly random: SeededRandom;
}

/**
 * People whom no other register of the run has: ids that begin with the prefix, or real accounts, whose chats the run's
 * scope keeps apart from those of other runs.
 */
export function newRegister(
  { prefix, accounts, hosts }: PeopleSource,
  name: string,
  members: readonly string[],
  more: Partial<Pick<PlannedRegister, "scope" | "initial">> = {},
): PlannedRegister {
  const { scope = "", initial = [] } = more;
  if (accounts === null) {
    const host = hosts?.[hashOf(members.join()) % hosts.length];
    const own = members.map((member) => `${prefix}-${member}`);
    const participants = host === undefined || own.length < 2 ? own : [host, ...own.slice(1)];
    return { name, participants: participants.toSorted(), scope, initial };
  }
  const first = hashOf(`${prefix} ${members.join()}`);
  const participants = members.map((_, index) => accounts[(first + index) % accounts.length] ?? "");
  const own = `${prefix}-${name}${scope === "" ? "" : `-${scope}`}`;
  return { name, participants: [...new Set(participants)].toSorted(), scope: own, initial };
}

function hashOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash;
}

/** So many pairs, nobody in two of them. */
export function pairRegisters(source: PeopleSource, count: number): readonly PlannedRegister[] {
  return range(count).map((n) => newRegister(source, `${n}`, [`${n}-a`, `${n}-b`]));
}

/** A call about a register: create-or-get unless said. */
export function call(
  { name: register, scope, participants }: PlannedRegister,
  more: Partial<PlannedCall> = {},
): PlannedCall {
  return { register, kind: "ensure", participants, scope, asked: null, patienceMs: null, ...more };
}

/** A call that names the people in another order, and now and then somebody twice. */
export function mixedCall(
  register: PlannedRegister,
  random: SeededRandom,
  more: Partial<PlannedCall> = {},
): PlannedCall {
  const order = shuffled(register.participants, random);
  const repeated = random.below(4) === 0 ? order.slice(0, 1) : [];
  return call(register, { participants: [...order, ...repeated], ...more });
}

export function shuffled<T>(values: readonly T[], random: SeededRandom): readonly T[] {
  return shuffler(random.unit)([...values]);
}
