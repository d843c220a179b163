import { describe, expect, it } from "vitest";
import { participantsKey } from "../../src/index.ts";
import { duplicateCensus } from "../../src/migrate/plan/duplicate-census.ts";

function keyOf(number: number): string {
  return participantsKey([`person-${number}`]);
}

describe("the census of duplicates", () => {
  it("is exact while it fits, names the holder of the key as the survivor, and puts the largest group first", () => {
    const census = duplicateCensus(100);
    for (const [set, chats] of [
      [1, 2],
      [2, 5],
      [3, 1],
    ] as const) {
      for (let chat = 0; chat < chats; chat += 1)
        census.add(keyOf(set), `chat-${set}-${chat}`, set === 2 && chat === 3);
    }
    expect(census.result(10)).toEqual({
      groups: 2,
      losers: 5,
      largest: [
        { survivor: "chat-2-3", chats: 5 },
        { survivor: "chat-1-0", chats: 2 },
      ],
      share: 1,
    });
  });

  it("counts a sample of all keys when they are too many, and says which share", () => {
    const census = duplicateCensus(1_000);
    for (let set = 0; set < 20_000; set += 1) {
      census.add(keyOf(set), `${set}-a`, false);
      if (set % 10 === 0) census.add(keyOf(set), `${set}-b`, false);
    }
    const { share, losers, groups } = census.result(3);
    expect(share).toBeLessThanOrEqual(1 / 16);
    expect(losers).toBe(groups);
    expect(losers).toBeGreaterThan(1_200);
    expect(losers).toBeLessThan(2_800);
  });
});
