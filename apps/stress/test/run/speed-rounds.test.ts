import { describe, expect, it } from "vitest";
import type { Variant } from "../../src/history/operation.ts";
import { type Contestant, contestantsOf, orderOf } from "../../src/run/speed.ts";
import type { Target } from "../../src/run/ways.ts";

function targetOf(variant: Variant): Target {
  const place = { uri: "", database: "", timeoutMs: 1, watchWrites: false };
  const route = { to: "database", variant, place } as const;
  return { variant, path: "domain", name: variant, route, database: null, offers: [] };
}

const contestants = contestantsOf((["naive", "raw", "ours", "base"] as const).map(targetOf));
const nameOf = ({ target, twin }: Contestant): string => `${target.variant}${twin ? " again" : ""}`;
const rounds = Array.from({ length: 24 }, (_, round) =>
  orderOf(contestants, 5, "domain/hot", round - 2).map(nameOf),
);

describe("rounds of the speed comparison", () => {
  it("have the subject and the build that it is compared with twice each, and controls once", () => {
    for (const order of rounds)
      expect(order.toSorted()).toEqual(["base", "base again", "naive", "ours", "ours again", "raw"]);
  });

  it("let nobody come before another more often than after", () => {
    const names = contestants.map(nameOf);
    for (const one of names)
      for (const other of names.filter((name) => name !== one)) {
        const before = rounds.filter((order) => order.indexOf(one) < order.indexOf(other));
        expect(before).toHaveLength(rounds.length / 2);
      }
  });

  it("come in many orders", () => {
    expect(new Set(rounds.map((order) => order.join())).size).toBeGreaterThan(10);
  });
});
