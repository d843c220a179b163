import {
  askedBy,
  ensureCall,
  pairRegisters,
  range,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

/** New people with every call; one caller of each process walks the same way, so that they meet at every chat. */
export function fresh({ prefix, callers, keys, processes, random }: WorkloadShape): WorkloadPlan {
  const registers = pairRegisters(prefix, keys);
  const walks = Math.max(1, Math.min(Math.floor(callers / processes), keys));
  const wave = range(walks).flatMap((walk) =>
    range(processes).map((process) => ({
      process,
      due: null,
      calls: registers
        .filter((_, n) => n % walks === walk)
        .map((register) => ensureCall(register, askedBy(register, random))),
    })),
  );
  return { registers, waves: [wave] };
}
