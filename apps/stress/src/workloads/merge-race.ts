import type { SeededRandom } from "../speed/seeded-random.ts";
import {
  askedBy,
  ensureCall,
  findCall,
  pairRegisters,
  type PlannedCall,
  type PlannedRegister,
  range,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

const mostDuplicates = 4;
/** Rather more than a caller will get to before the migration has ended. */
const rounds = 300;
const mostCallers = 24;

/**
 * People who have one to four chats from before, without keys, asked for by id and by people again and again: while
 * this wave runs, the migration claims and merges them.
 */
export function mergeRace({ prefix, callers, keys, processes, random }: WorkloadShape): WorkloadPlan {
  const registers = pairRegisters(prefix, keys).map((register, n) => ({
    ...register,
    initial: range(1 + (n % mostDuplicates)).map((duplicate) => legacyId(duplicate, random)),
  }));
  const wave = range(Math.min(callers, mostCallers)).map((caller) => ({
    process: caller % processes,
    due: null,
    calls: range(rounds).flatMap(() => {
      const register = registers[random.below(keys)];
      return register === undefined ? [] : [questionAbout(register, random)];
    }),
  }));
  return { registers, waves: [wave] };
}

/** Ids of MongoDB begin with a time: the duplicates of a chat are older than anything made during the run. */
function legacyId(duplicate: number, random: SeededRandom): string {
  const made = (1_500_000_000 + duplicate * 86_400).toString(16).padStart(8, "0");
  const rest = range(2).map(() =>
    random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, "0"),
  );
  return [made, ...rest].join("");
}

function questionAbout(register: PlannedRegister, random: SeededRandom): PlannedCall {
  const people = askedBy(register, random);
  const kind = random.below(5);
  if (kind < 2) return ensureCall(register, people);
  if (kind === 2) return findCall(register, people);
  const asked = register.initial[random.below(register.initial.length)] ?? null;
  return { ...findCall(register, people), kind: "resolve", asked };
}
