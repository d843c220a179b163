import * as fc from "fast-check";
import { anySeed, anyShape, type Seed, type Shape } from "./application.ts";
import { verbs, type Write } from "./writes.ts";

/** What happens to a command: writes before its so-many-th command to the database, and its death after a write. */
export interface Disturbance {
  readonly during: readonly (Write & { readonly at: number })[];
  readonly dieAfter: number | null;
}

export type Step =
  | { readonly step: "write"; readonly write: Write }
  | ({ readonly step: "up"; readonly to: (typeof targets)[number] } & Disturbance)
  | ({ readonly step: "rollback"; readonly to: (typeof undone)[number] } & Disturbance)
  | ({ readonly step: "bring back"; readonly chat: number } & Disturbance)
  | { readonly step: "pause" };

const targets = ["settle", "settle", "settle", "index", "backfill", "merge", "purge"] as const;
const undone = ["none", "none", "merge", "backfill", "index"] as const;

export interface History {
  readonly shape: Shape;
  readonly chats: readonly Seed[];
  readonly steps: readonly Step[];
}

const anyWrite: fc.Arbitrary<Write> = fc.record({
  verb: fc.constantFrom(...verbs, "join" as const, "make" as const),
  by: fc.constantFrom("old", "new"),
  chat: fc.nat(9),
  n: fc.integer({ min: 1, max: 9 }),
});

const disturbance = {
  during: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.tuple(anyWrite, fc.integer({ min: 1, max: 60 })).map(([write, at]) => ({ ...write, at })),
        { minLength: 1, maxLength: 4 },
      ),
    },
  ),
  dieAfter: fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) },
  ),
};

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ step: fc.constant("write" as const), write: anyWrite }) },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constant("up" as const),
      to: fc.constantFrom(...targets),
      ...disturbance,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant("rollback" as const),
      to: fc.constantFrom(...undone),
      ...disturbance,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ step: fc.constant("bring back" as const), chat: fc.nat(9), ...disturbance }),
  },
  { weight: 1, arbitrary: fc.constant({ step: "pause" as const }) },
);

export const anyHistory: fc.Arbitrary<History> = fc.record({
  shape: anyShape,
  chats: fc.array(anySeed, { minLength: 2, maxLength: 5 }),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 8, size: "max" }),
});
