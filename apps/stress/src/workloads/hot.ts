import {
  ensureCall,
  findCall,
  newRegister,
  range,
  type Wave,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

/** Everybody at once, about one pair, in both orders; then everybody looks. */
export function hot({ prefix, callers, processes }: WorkloadShape): WorkloadPlan {
  const pair = [`${prefix}-a`, `${prefix}-b`];
  const register = newRegister("pair", pair);
  const all: Wave = range(callers).map((caller) => ({
    process: caller % processes,
    due: null,
    calls: [ensureCall(register, caller % 4 < 2 ? pair : pair.toReversed())],
  }));
  const look: Wave = range(processes).map((process) => ({
    process,
    due: null,
    calls: [findCall(register, pair), ensureCall(register, pair)],
  }));
  return { registers: [register], waves: [all, look] };
}
