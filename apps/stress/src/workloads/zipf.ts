import {
  askedBy,
  ensureCall,
  findCall,
  newRegister,
  type PlannedRegister,
  range,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

const exponent = 1.1;
const callsPerCaller = 20;
const mostCallers = 48;

/** A few people whom everybody writes to, and many whom hardly anybody does; some callers only look. */
export function zipf({ prefix, callers, keys, processes, random }: WorkloadShape): WorkloadPlan {
  const registers = range(keys).map((n) => newRegister(`${n}`, [`${prefix}-${n}-a`, `${prefix}-${n}-b`]));
  const rank = zipfRanks(keys);
  const call = (register: PlannedRegister): ReturnType<typeof ensureCall> =>
    (random.below(5) === 0 ? findCall : ensureCall)(register, askedBy(register, random));
  const wave = range(Math.min(callers, mostCallers)).map((caller) => ({
    process: caller % processes,
    due: null,
    calls: range(callsPerCaller).flatMap(() => {
      const register = registers[rank(random.unit())];
      return register === undefined ? [] : [call(register)];
    }),
  }));
  return { registers, waves: [wave] };
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
