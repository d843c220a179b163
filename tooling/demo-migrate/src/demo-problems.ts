import type { LegacySummary } from "@onechat/legacy-data";
import { type DatabaseState, differingNames, type ParkedReason } from "./database-state.ts";

/** Everything that was looked at, with none of the migration's own code. */
export interface DemoFacts {
  readonly legacy: LegacySummary;
  readonly before: DatabaseState;
  /** After the first `up`. */
  readonly migrated: DatabaseState;
  /** After the second one. */
  readonly after: DatabaseState;
  readonly originals: Readonly<Record<string, string>>;
  /** The same collections after the rollback. */
  readonly restored: Readonly<Record<string, string>>;
  readonly parked: readonly ParkedReason[];
}

/** What is not as it should be. */
export function demoProblems(facts: DemoFacts): readonly string[] {
  const { legacy, before, migrated, after, originals, restored } = facts;
  const parked = facts.parked.reduce((sum, { chats }) => sum + chats, 0);
  const changed = differingNames(new Map(Object.entries(originals)), new Map(Object.entries(restored)));
  return [
    ...unequal("chats before", before.liveChats, legacy.chats),
    ...unequal("parked chats", parked, legacy.invalid),
    ...changed.map((name) => `${name} is not what it was before the migration was rolled back`),
    ...stateProblems("first", facts, migrated),
    ...stateProblems("second", facts, after),
  ];
}

function stateProblems(
  which: string,
  { legacy, before }: DemoFacts,
  state: DatabaseState,
): readonly string[] {
  const moved = differingNames(before.messagesBySet, state.messagesBySet);
  const when = `after the ${which} up`;
  return [
    ...unequal(`live chats ${when}`, state.liveChats, legacy.sets + legacy.invalid),
    ...unequal(`merged duplicates ${when}`, state.merged, legacy.losers),
    ...unequal(`messages ${when}`, state.messages, before.messages),
    ...(moved.length > 0
      ? [`${moved.length} sets of people have other messages ${when}, such as ${moved[0] ?? ""}`]
      : []),
  ];
}

function unequal(what: string, found: number, expected: number): readonly string[] {
  return found === expected ? [] : [`${what}: ${found} instead of ${expected}`];
}
