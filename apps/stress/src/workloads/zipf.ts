import {
  askedBy,
  ensureCall,
  findCall,
  type PlannedCall,
  type PlannedRegister,
  pairRegisters,
  range,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

const exponent = 1.1;
const callsPerCaller = 20;
const mostCallers = 48;

/** A few people whom everybody writes to, and many whom hardly anybody does; some callers only look. */
export function zipf(shape: WorkloadShape): WorkloadPlan {
  const { callers, processes } = shape;
  const lanes = Math.min(callers, mostCallers);
  const { registers, calls } = zipfCalls(shape, lanes * callsPerCaller);
  const wave = range(lanes).map((caller) => ({
    process: caller % processes,
    due: null,
    calls: calls.slice(caller * callsPerCaller, (caller + 1) * callsPerCaller),
  }));
  return { registers, waves: [wave] };
}

/** So many calls in a row. */
export function zipfCalls(
  { prefix, keys, random }: Pick<WorkloadShape, "prefix" | "keys" | "random">,
  count: number,
): { readonly registers: readonly PlannedRegister[]; readonly calls: readonly PlannedCall[] } {
  const registers = pairRegisters(prefix, keys);
  const rank = zipfRanks(keys);
  const calls = range(count).flatMap(() => {
    const register = registers[rank(random.unit())];
    if (register === undefined) return [];
    const people = askedBy(register, random);
    return [random.below(5) === 0 ? findCall(register, people) : ensureCall(register, people)];
  });
  return { registers, calls };
}

/** The rank that a number below 1 falls on. */
function zipfRanks(count: number): (unit: number) => number {
  const weights = range(count).map((rank) => 1 / (rank + 1) ** exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const bounds = weights.map((weight) => (sum += weight) / total);
  return (unit) => {
    const rank = bounds.findIndex((bound) => unit < bound);
    return rank === -1 ? count - 1 : rank;
  };
}
