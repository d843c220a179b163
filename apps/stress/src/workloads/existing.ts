import {
  askedBy,
  ensureCall,
  pairRegisters,
  range,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

/** Chats that are there already, which is what most calls are about: each is made once, then everybody asks. */
export function existing({ prefix, callers, keys, processes, random }: WorkloadShape): WorkloadPlan {
  const registers = pairRegisters(prefix, keys);
  const callersOf = Math.min(callers, keys);
  const walk = range(callersOf).map((caller) => ({
    process: caller % processes,
    due: null,
    calls: registers
      .filter((_, n) => n % callersOf === caller)
      .map((register) => ensureCall(register, askedBy(register, random))),
  }));
  return { registers, waves: [walk, walk] };
}
