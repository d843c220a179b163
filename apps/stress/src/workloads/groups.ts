import {
  askedBy,
  ensureCall,
  newRegister,
  range,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

const smallest = 1;
const largest = 9;

/** Sets of one to nine people, named in any order and with repeats; neighbours overlap in all but one person. */
export function groups({ prefix, callers, keys, processes, random }: WorkloadShape): WorkloadPlan {
  const registers = range(keys).map((n) => {
    const size = smallest + (n % largest);
    return newRegister(
      `${n}`,
      range(size).map((member) => `${prefix}-${n - (n % largest)}-${member}`),
    );
  });
  const crowd = Math.max(2, processes, Math.min(Math.floor(callers / largest), 3 * processes));
  const waves = range(Math.ceil(keys / largest)).map((wave) =>
    registers.slice(wave * largest, (wave + 1) * largest).flatMap((register) =>
      range(crowd).map((caller) => ({
        process: caller % processes,
        due: null,
        calls: [ensureCall(register, askedBy(register, random))],
      })),
    ),
  );
  return { registers, waves };
}
