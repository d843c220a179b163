import { cumsum, range } from "d3-array";
import type { Workload } from "../history/history-line.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { oddRegisters } from "./odd-ids.ts";
import {
  call,
  laneOf,
  mixedCall,
  newRegister,
  pairRegisters,
  type PlannedCall,
  type PlannedRegister,
  shuffled,
  type Wave,
  type WorkloadPlan,
  type WorkloadShape,
} from "./workload-plan.ts";

/** Who will ask for what, when and from where, before anybody does. */
export function planWorkload(workload: Workload, shape: WorkloadShape): WorkloadPlan {
  return planners[workload](shape);
}

const planners: Readonly<Record<Workload, (shape: WorkloadShape) => WorkloadPlan>> = {
  hot,
  burst,
  pairs,
  zipf,
  fresh,
  existing,
  groups,
  "odd-ids": oddIds,
  flood,
  scopes,
  removed,
  "merge-race": mergeRace,
};

type Question = (register: PlannedRegister, caller: number) => PlannedCall;

/** So many callers of each of several registers, who are all released together, each with one call. */
function crowds(
  registers: readonly PlannedRegister[],
  size: number,
  { processes, random }: WorkloadShape,
  question: Question = (register) => mixedCall(register, random),
): Wave {
  return registers.flatMap((register) =>
    range(size).map((caller) => laneOf(caller % processes, [question(register, caller)])),
  );
}

interface CrowdShape {
  /** So many registers are asked for at the same instant. */
  readonly perWave: number;
  readonly size: number;
  readonly question?: Question;
}

function crowdWaves(
  registers: readonly PlannedRegister[],
  { perWave, size, question }: CrowdShape,
  shape: WorkloadShape,
): WorkloadPlan {
  const waves = inWaves(registers, perWave).map((some) => crowds(some, size, shape, question));
  return { registers, waves };
}

/** So many walkers in each of some processes; each asks for its part of the registers, one after the other. */
function walks(
  registers: readonly PlannedRegister[],
  walkers: number,
  { random }: WorkloadShape,
  processOf: (walker: number) => readonly number[],
): Wave {
  return range(walkers).flatMap((walker) =>
    processOf(walker).map((process) => {
      const own = registers.filter((_, n) => n % walkers === walker);
      const calls = own.map((register) => mixedCall(register, random));
      return laneOf(process, calls);
    }),
  );
}

function inWaves<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  return range(Math.ceil(values.length / size)).map((wave) => values.slice(wave * size, (wave + 1) * size));
}

/** Everybody at once, about one pair, in both orders; then everybody looks. */
function hot(shape: WorkloadShape): WorkloadPlan {
  const register = newRegister(shape, "pair", ["a", "b"]);
  const { participants } = register;
  const all = crowds([register], shape.callers, shape, (_, caller) =>
    call(register, { participants: caller % 4 < 2 ? participants : participants.toReversed() }),
  );
  const look = range(shape.processes).map((process) =>
    laneOf(process, [call(register, { kind: "find" }), call(register), call(register, { kind: "resolve" })]),
  );
  return { registers: [register], waves: [all, look] };
}

/** More of them take their time and show nothing new. */
const mostBursts = 24;
const largestBurst = 24;

/** One key after the other, each asked for by a crowd that is released together; every eighth only looks. */
function burst(shape: WorkloadShape): WorkloadPlan {
  const registers = pairRegisters(shape, Math.min(shape.keys, mostBursts));
  const question: Question = (register, caller) =>
    mixedCall(register, shape.random, { kind: caller % 8 === 7 ? "find" : "ensure" });
  return crowdWaves(registers, { perWave: 1, size: Math.min(shape.callers, largestBurst), question }, shape);
}

/** Many pairs at the same instant, each asked for by both of its people: "me and you", "you and me". */
function pairs(shape: WorkloadShape): WorkloadPlan {
  const { callers, keys, processes, random } = shape;
  const registers = pairRegisters(shape, keys);
  const lanes = registers.flatMap((register) =>
    [register.participants, register.participants.toReversed()].map((participants) =>
      laneOf(random.below(processes), [call(register, { participants })]),
    ),
  );
  const size = Math.max(2, callers - (callers % 2));
  return { registers, waves: inWaves(lanes, size).map((wave) => shuffled(wave, random)) };
}

const callsPerCaller = 20;
const mostCallers = 48;

/** A few people whom everybody writes to, and many whom hardly anybody does; some callers only look. */
function zipf(shape: WorkloadShape): WorkloadPlan {
  const lanes = Math.min(shape.callers, mostCallers);
  const { registers, calls } = zipfCalls(shape, lanes * callsPerCaller);
  const wave = inWaves(calls, callsPerCaller).map((own, caller) => laneOf(caller % shape.processes, own));
  return { registers, waves: [wave] };
}

/** So many calls in a row; how often a pair is asked for falls with its rank, to the power of 1.1. */
function zipfCalls(shape: WorkloadShape, count: number) {
  const { keys, random } = shape;
  const registers = pairRegisters(shape, keys);
  const bounds = cumsum(registers, (_, rank) => 1 / (rank + 1) ** 1.1);
  const calls = range(count).flatMap((): readonly PlannedCall[] => {
    const drawn = random.unit() * (bounds.at(-1) ?? 0);
    const register = registers[bounds.findIndex((bound) => drawn < bound)] ?? registers[0];
    if (register === undefined) return [];
    return [mixedCall(register, random, { kind: random.below(5) === 0 ? "find" : "ensure" })];
  });
  return { registers, calls };
}

/** The same calls one after the other at a constant rate, whether earlier ones are answered or not. */
export function openLoop(shape: WorkloadShape, perSecond: number, count: number): WorkloadPlan {
  const { registers, calls } = zipfCalls(shape, count);
  const wave = calls.map((each, index) =>
    laneOf(index % shape.processes, [each], Math.round((index * 1e9) / perSecond)),
  );
  return { registers, waves: [wave] };
}

/** New people with every call; one caller of each process walks the same way, so that they meet at every chat. */
export function fresh(shape: WorkloadShape): WorkloadPlan {
  const { callers, keys, processes } = shape;
  const registers = pairRegisters(shape, keys);
  const walkers = Math.max(1, Math.min(Math.floor(callers / processes), keys));
  return { registers, waves: [walks(registers, walkers, shape, () => range(processes))] };
}

/** Chats that are there already, which is what most calls are about: each is made once, then everybody asks. */
function existing(shape: WorkloadShape): WorkloadPlan {
  const { callers, keys, processes } = shape;
  const registers = pairRegisters(shape, keys);
  const wave = walks(registers, Math.min(callers, keys), shape, (walker) => [walker % processes]);
  return { registers, waves: [wave, wave] };
}

const largestGroup = 9;

/** Sets of one to nine people, named in any order and with repeats; neighbours overlap in all but one person. */
function groups(shape: WorkloadShape): WorkloadPlan {
  const { callers, keys, processes } = shape;
  const registers = range(keys).map((n) => {
    const members = range(1 + (n % largestGroup)).map((member) => `${n - (n % largestGroup)}-${member}`);
    return newRegister(shape, `${n}`, members);
  });
  const size = Math.max(2, processes, Math.min(Math.floor(callers / largestGroup), 3 * processes));
  return crowdWaves(registers, { perWave: largestGroup, size }, shape);
}

/** Ids that are easily taken for each other, and sets of up to a hundred people that differ in the last one. */
function oddIds(shape: WorkloadShape): WorkloadPlan {
  return crowdWaves(oddRegisters(shape), { perWave: 24, size: Math.max(3, shape.processes) }, shape);
}

/** More than fit into one batch of anybody's. */
const leastFlood = 640;
const mostDuplicates = 3;
/** Callers give up after 4 ms to a second, so that on any machine some do while their batch is under way. */
const patienceOf = (random: SeededRandom): number => Math.round(4 * 2 ** (random.unit() * 8));

/**
 * More sets than fit into one batch, all at the same instant and from every process. Half of the people had one to three
 * chats before, without keys; of every fifth set all callers give up soon.
 */
function flood(shape: WorkloadShape): WorkloadPlan {
  const { keys, processes, random } = shape;
  const registers = range(Math.max(keys, leastFlood)).map((n) =>
    newRegister(shape, `${n}`, [`${n}-a`, `${n}-b`], {
      initial: n % 2 === 0 ? [] : range(1 + (n % mostDuplicates)).map((age) => legacyId(age, random)),
    }),
  );
  const hasty = new Set(registers.filter((_, n) => n % 5 === 3));
  const wave = crowds(registers, processes, shape, (register) =>
    mixedCall(register, random, { patienceMs: hasty.has(register) ? patienceOf(random) : null }),
  );
  // Whoever was let down asks again, and so does everybody: what was answered stays so.
  const again = walks(registers, registers.length, shape, (walker) => [walker % processes]);
  return { registers, waves: [shuffled(wave, random), again] };
}

const scopesPerPair = 8;

/** The same people in several scopes at the same instant: as many chats as scopes, and none with another's id. */
function scopes(shape: WorkloadShape): WorkloadPlan {
  const { callers, keys, processes } = shape;
  const registers = range(Math.max(1, Math.ceil(keys / scopesPerPair))).flatMap((pair) =>
    range(scopesPerPair).map((scope) =>
      newRegister(shape, `${pair}-${scope}`, [`${pair}-a`, `${pair}-b`], {
        scope: scope === 0 ? "" : `scope-${scope}`,
      }),
    ),
  );
  const size = Math.max(2, processes, Math.min(Math.floor(callers / scopesPerPair), 4 * processes));
  return crowdWaves(registers, { perWave: scopesPerPair, size }, shape);
}

const mostRemoved = 24;

/** Chats that are asked for, removed while nobody else asks, and asked for again: they must be new ones then. */
function removed(shape: WorkloadShape): WorkloadPlan {
  const registers = pairRegisters(shape, Math.min(shape.keys, mostRemoved));
  const asking = (): Wave => crowds(registers, Math.max(2, shape.processes), shape);
  const removing = registers.map((register, n) =>
    laneOf(n % shape.processes, [call(register), call(register, { kind: "remove" })]),
  );
  return { registers, waves: [asking(), removing, asking()] };
}

/** Rather more than a caller will get to before the migration has ended. */
const mergeRounds = 300;
const mergeCallers = 24;

/**
 * People who have one to four chats from before, without keys, asked for by id and by people again and again: while
 * this wave runs, the migration claims and merges them.
 */
function mergeRace(shape: WorkloadShape): WorkloadPlan {
  const { callers, keys, processes, random } = shape;
  const registers = pairRegisters(shape, keys).map((register, n) => ({
    ...register,
    initial: range(1 + (n % 4)).map((age) => legacyId(age, random)),
  }));
  const question = (): readonly PlannedCall[] => {
    const register = registers[random.below(keys)];
    if (register === undefined) return [];
    const kind = (["ensure", "ensure", "find", "resolve", "resolve"] as const)[random.below(5)] ?? "find";
    const asked =
      kind === "resolve" ? (register.initial[random.below(register.initial.length)] ?? null) : null;
    return [mixedCall(register, random, { kind, asked })];
  };
  const wave = range(Math.min(callers, mergeCallers)).map((caller) =>
    laneOf(caller % processes, range(mergeRounds).flatMap(question)),
  );
  return { registers, waves: [wave] };
}

/** Ids of MongoDB begin with a time: the duplicates of a chat are older than anything made during the run. */
function legacyId(age: number, random: SeededRandom): string {
  const made = 1_500_000_000 + age * 86_400;
  return [made, random.below(2 ** 32), random.below(2 ** 32)]
    .map((part) => part.toString(16).padStart(8, "0"))
    .join("");
}
