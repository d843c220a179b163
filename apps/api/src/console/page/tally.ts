import type { Contestant, Run } from "./run-race.ts";

/** What the calls of a contestant have come to. */
export interface Tally {
  readonly chats: number;
  readonly counts: Readonly<Record<Run["outcome"], number>>;
  /** Why the first call that was refused was. */
  readonly refusal: string | null;
}

export function tallyOf(runs: readonly Run[]): Tally {
  const counts = { created: 0, existing: 0, refused: 0 };
  for (const { outcome } of runs) counts[outcome] += 1;
  const answered = runs.filter(({ outcome }) => outcome !== "refused");
  return {
    chats: new Set(answered.map(({ detail }) => detail)).size,
    counts,
    refusal: runs.find(({ outcome }) => outcome === "refused")?.detail ?? null,
  };
}

export function chatsText({ chats }: Tally): string {
  return `${chats} chat${chats === 1 ? "" : "s"}`;
}

export function countsText({ counts: { created, existing, refused } }: Tally): string {
  return `${created} created, ${existing} existing${refused === 0 ? "" : `, ${refused} refused`}`;
}

/** The sentence that a race ends in. */
export function verdict(tallies: readonly (readonly [Contestant, Tally])[]): string {
  const chats = tallies.map(([contestant, tally]) =>
    contestant === "onechat" ? `onechat: ${chatsText(tally)}.` : `Find, then insert: ${naiveText(tally)}.`,
  );
  const refusal = tallies.map(([, tally]) => tally.refusal).find((reason) => reason !== null);
  return [...chats, ...(refusal === undefined ? [] : [`Refused: ${refusal}`])].join(" ");
}

/** One is what a race must come to; here it is luck. */
function naiveText(tally: Tally): string {
  if (tally.chats > 1) return `${chatsText(tally)} of the same two users`;
  return tally.counts.created === 1 ? `${chatsText(tally)} as well, this time` : chatsText(tally);
}
