import { type BrokenKind, invalidKinds } from "./broken-kind.ts";
import { chatPlan } from "./chat-plan.ts";
import { LegacyDataOptions } from "./legacy-options.ts";

/** What a database was filled with. */
export interface LegacySummary {
  /** All of the unique kind: `sets` + `losers` + `invalid`. */
  readonly chats: number;
  /** Different sets of people with a valid chat: how many live chats are to be left. */
  readonly sets: number;
  /** Chats whose people have an older one. */
  readonly losers: number;
  /** Sets of people with more than one chat. */
  readonly groups: number;
  readonly namedGroups: number;
  readonly broken: Readonly<Partial<Record<BrokenKind, number>>>;
  /** Broken chats that can never have a key; none of them is among the duplicates. */
  readonly invalid: number;
  /** Broken chats that only look odd, and are migrated like any other. */
  readonly odd: number;
  readonly messages: number;
  /** Rows of a person in a chat. */
  readonly members: number;
  /** All documents, by collection. */
  readonly documents: Readonly<Record<string, number>>;
}

/** The summary of options and of what was counted while generating. */
export function legacySummary(
  options: LegacyDataOptions,
  documents: Readonly<Record<string, number>>,
): LegacySummary {
  const resolved = LegacyDataOptions.parse(options);
  const { groups, brokenCounts, sets } = chatPlan(resolved);
  const broken = Object.values(brokenCounts).reduce((sum, count) => sum + count, 0);
  const invalid = invalidKinds.reduce((sum, kind) => sum + (brokenCounts[kind] ?? 0), 0);
  return {
    chats: resolved.chats,
    sets: sets - invalid,
    losers: groups.losers,
    groups: groups.count,
    namedGroups: resolved.namedGroups,
    broken: brokenCounts,
    invalid,
    odd: broken - invalid,
    messages: documents["messages"] ?? 0,
    members: documents["members"] ?? documents["subscriptions"] ?? 0,
    documents,
  };
}
