import { random } from "./random.ts";

/** The sets of people that have several chats: consecutive slots from 0 on, a run of them for each group. */
export interface DuplicateGroups {
  readonly count: number;
  /** All chats of all groups; slots from here on are in none. */
  readonly slots: number;
  readonly losers: number;
  readonly groupOf: (slot: number) => number;
  /** The first slot of a group, and the one after its last. */
  readonly slotsOf: (group: number) => readonly [number, number];
}

interface GroupOptions {
  readonly seed: number;
  readonly losers: number;
  readonly size: readonly [min: number, max: number];
}

/** Four bytes for each group is all that is held: also of a million chats this is nothing. */
export function duplicateGroups(options: GroupOptions): DuplicateGroups {
  const starts = groupStarts(options);
  const count = starts.length - 1;
  const slots = starts[count] ?? 0;
  return {
    count,
    slots,
    losers: slots - count,
    groupOf: (slot) => lastAtMost(starts, slot),
    slotsOf: (group) => [starts[group] ?? slots, starts[group + 1] ?? slots],
  };
}

/** Two of three groups are of the smallest size, one of fifty has ten more. */
const steepness = 1.7;

function groupStarts({ seed, losers, size: [min, max] }: GroupOptions): Uint32Array {
  const draw = random(seed, "group", 0);
  const starts = new Uint32Array(Math.floor(losers / (min - 1)) + 1);
  let groups = 0;
  let left = losers;
  // What is left for the last group may be too little for one; fewer losers are counted then.
  while (left >= min - 1) {
    const size = Math.min(max, min - 1 + Math.floor(draw.unit() ** (-1 / steepness)), left + 1);
    starts[groups + 1] = (starts[groups] ?? 0) + size;
    groups += 1;
    left -= size - 1;
  }
  return starts.subarray(0, groups + 1);
}

function lastAtMost(starts: Uint32Array, slot: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= slot) low = middle;
    else high = middle;
  }
  return low;
}
