import { type BrokenKind, invalidKinds, oddKindsOf } from "./broken-kind.ts";
import { type DuplicateGroups, duplicateGroups } from "./duplicate-groups.ts";
import type { ResolvedOptions } from "./legacy-options.ts";
import { permutation } from "./permutation.ts";
import { hash32 } from "./random.ts";

/** How a chat is broken, and the how manieth of its kind it is. */
export interface Broken {
  readonly kind: BrokenKind;
  readonly nth: number;
}

export interface PlannedChat {
  /** Its place in the order of creation. */
  readonly position: number;
  readonly named: boolean;
  /** The number of its set of people. */
  readonly set: number;
  readonly broken: Broken | null;
}

/** Which chats there are. Nothing is listed: each is computed from its position. */
export interface ChatPlan {
  readonly groups: DuplicateGroups;
  /** All chats, named groups included. */
  readonly total: number;
  /** Sets of people, those of chats beyond repair included. */
  readonly sets: number;
  readonly brokenCounts: Readonly<Partial<Record<BrokenKind, number>>>;
  readonly chatAt: (position: number) => PlannedChat;
  /** Positions of the chats of the same people, at most `limit`. */
  readonly duplicatesOf: (position: number, limit: number) => readonly number[];
}

/**
 * Chats have slots: the duplicates, group by group, then the single ones, those beyond repair, the named groups. A shuffle
 * gives every slot its position, which spreads each group over the whole time.
 */
export function chatPlan(options: ResolvedOptions): ChatPlan {
  const layout = slotLayout(options);
  const { groups, invalidFrom, namedFrom } = layout;
  const total = namedFrom + options.namedGroups;
  const sets = groups.count + namedFrom - groups.slots;
  const order = permutation(total, options.seed);
  const brokenAt = (slot: number): Broken | null => {
    if (slot >= namedFrom) return null;
    return slot >= invalidFrom ? kindOf(invalidKinds, slot - invalidFrom) : oddAt(layout, slot);
  };
  const setOf = (slot: number): number => {
    if (slot < groups.slots) return groups.groupOf(slot);
    return slot < namedFrom
      ? groups.count + slot - groups.slots
      : hash32(options.seed, "set", slot) % Math.max(1, sets);
  };
  return {
    groups,
    total,
    sets,
    brokenCounts: brokenCounts(layout),
    chatAt: (position) => {
      const slot = order.at(position);
      return { position, named: slot >= namedFrom, set: setOf(slot), broken: brokenAt(slot) };
    },
    duplicatesOf: (position, limit) => {
      const slot = order.at(position);
      if (slot >= groups.slots) return [];
      const [from, to] = groups.slotsOf(groups.groupOf(slot));
      const length = Math.min(limit, to - from);
      return Array.from({ length }, (_, index) => order.indexOf(from + index));
    },
  };
}

interface SlotLayout {
  readonly groups: DuplicateGroups;
  readonly invalidFrom: number;
  readonly namedFrom: number;
  readonly oddKinds: readonly BrokenKind[];
  readonly oddDuplicates: number;
  readonly oddSingles: number;
}

function slotLayout(options: ResolvedOptions): SlotLayout {
  const { seed, chats, groupSize, shape } = options;
  const losers = Math.round(chats * options.duplicateShare);
  const groups = duplicateGroups({ seed, losers, size: groupSize });
  const broken = Math.round(chats * options.brokenShare);
  const invalid = Math.floor(broken / 2);
  const singles = chats - groups.slots - invalid;
  if (singles < 0) throw new RangeError("duplicateShare and brokenShare leave no chat to be a survivor");
  const odd = broken - invalid;
  const oddDuplicates = Math.min(Math.max(Math.ceil(odd / 2), odd - singles), groups.slots);
  const oddSingles = Math.min(odd - oddDuplicates, singles);
  const invalidFrom = groups.slots + singles;
  return { groups, invalidFrom, namedFrom: chats, oddKinds: oddKindsOf(shape), oddDuplicates, oddSingles };
}

function oddAt({ groups, invalidFrom, oddKinds, oddDuplicates, oddSingles }: SlotLayout, slot: number) {
  if (slot < groups.slots) {
    const index = chosen(slot, oddDuplicates, groups.slots);
    return index === null ? null : kindOf(oddKinds, index);
  }
  const index = chosen(slot - groups.slots, oddSingles, invalidFrom - groups.slots);
  return index === null ? null : kindOf(oddKinds, oddDuplicates + index);
}

/** Which of `count` choices, evenly spread over `total` places, falls on a place. */
function chosen(place: number, count: number, total: number): number | null {
  const index = Math.floor((place * count) / total);
  return Math.floor(((place + 1) * count) / total) > index ? index : null;
}

function kindOf(kinds: readonly BrokenKind[], index: number): Broken | null {
  const kind = kinds[index % kinds.length];
  return kind === undefined ? null : { kind, nth: Math.floor(index / kinds.length) };
}

function brokenCounts(layout: SlotLayout): Partial<Record<BrokenKind, number>> {
  const counts: Partial<Record<BrokenKind, number>> = {};
  const add = (kinds: readonly BrokenKind[], total: number): void => {
    for (const [index, kind] of kinds.entries()) {
      const count = Math.floor((total - index + kinds.length - 1) / kinds.length);
      if (count > 0) counts[kind] = count;
    }
  };
  add(invalidKinds, layout.namedFrom - layout.invalidFrom);
  add(layout.oddKinds, layout.oddDuplicates + layout.oddSingles);
  return counts;
}
