import {
  ensureCall,
  pairRegisters,
  range,
  shuffled,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

/** Many pairs at the same instant, each asked for by both of its people: "me and you", "you and me". */
export function pairs({ prefix, callers, keys, processes, random }: WorkloadShape): WorkloadPlan {
  const registers = pairRegisters(prefix, keys);
  const lanes = registers.flatMap((register) => {
    const { participants } = register;
    const orders = [participants, participants.toReversed()];
    return orders.map((people) => ({
      process: random.below(processes),
      due: null,
      calls: [ensureCall(register, people)],
    }));
  });
  const size = Math.max(2, callers - (callers % 2));
  const waves = range(Math.ceil(lanes.length / size)).map((wave) =>
    shuffled(lanes.slice(wave * size, (wave + 1) * size), random),
  );
  return { registers, waves };
}
