import {
  askedBy,
  ensureCall,
  findCall,
  pairRegisters,
  range,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

const largestBurst = 24;
/** More of them take their time and show nothing new. */
const mostBursts = 24;

/** One key after the other, each asked for by a crowd that is released together; every eighth only looks. */
export function burst({ prefix, callers, keys, processes, random }: WorkloadShape): WorkloadPlan {
  const registers = pairRegisters(prefix, Math.min(keys, mostBursts));
  const size = Math.min(callers, largestBurst);
  const waves = registers.map((register) =>
    range(size).map((caller) => {
      const people = askedBy(register, random);
      const call = caller % 8 === 7 ? findCall(register, people) : ensureCall(register, people);
      return { process: caller % processes, due: null, calls: [call] };
    }),
  );
  return { registers, waves };
}
