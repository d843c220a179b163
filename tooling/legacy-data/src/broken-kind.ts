import type { LegacyShape } from "./legacy-options.ts";

/** Chats that can never have a key. */
export type InvalidKind = (typeof invalidKinds)[number];
export const invalidKinds = [
  "participants-missing",
  "participants-empty",
  "participants-null",
  "participants-padded",
  "participants-nan",
] as const;

/** Chats that are as good as any, but look odd. */
export type OddKind = (typeof oddKinds)[number];
const oddKinds = ["key-wrong", "participants-repeated", "participants-mixed-types"] as const;

export type BrokenKind = InvalidKind | OddKind;

/** Rocket.Chat's ids are random text: there is no other type to store them in. */
export function oddKindsOf(shape: LegacyShape): readonly OddKind[] {
  return shape === "rocketchat" ? oddKinds.filter((kind) => kind !== "participants-mixed-types") : oddKinds;
}
