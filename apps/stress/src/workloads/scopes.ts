import {
  askedBy,
  ensureCall,
  newRegister,
  range,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

const scopesPerPair = 8;

/** The same people in several scopes at the same instant: as many chats as scopes, and none with another's id. */
export function scopes({ prefix, callers, keys, processes, random }: WorkloadShape): WorkloadPlan {
  const pairCount = Math.max(1, Math.ceil(keys / scopesPerPair));
  const byPair = range(pairCount).map((pair) =>
    range(scopesPerPair).map((scope) =>
      newRegister(
        `${pair}-${scope}`,
        [`${prefix}-${pair}-a`, `${prefix}-${pair}-b`],
        scope === 0 ? "" : `scope-${scope}`,
      ),
    ),
  );
  const crowd = Math.max(2, processes, Math.min(Math.floor(callers / scopesPerPair), 4 * processes));
  const waves = byPair.map((registers) =>
    registers.flatMap((register) =>
      range(crowd).map((caller) => ({
        process: caller % processes,
        due: null,
        calls: [ensureCall(register, askedBy(register, random))],
      })),
    ),
  );
  return { registers: byPair.flat(), waves };
}
