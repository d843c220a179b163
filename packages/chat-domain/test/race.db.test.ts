import { describe, expect, it } from "vitest";
import { chatContext, type ChatContext, createOrGetChat, type CreateOrGetChatResult } from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";

function permutations<T>(values: readonly T[]): readonly (readonly T[])[] {
  if (values.length <= 1) return [values];
  return values.flatMap((first, index) =>
    permutations(values.toSpliced(index, 1)).map((rest) => [first, ...rest] as const),
  );
}

function expectOneChat(results: readonly CreateOrGetChatResult[]): void {
  expect(new Set(results.map(({ chat }) => chat.id)).size).toBe(1);
  expect(results.filter(({ created }) => created)).toHaveLength(1);
}

function race(ctx: ChatContext, lists: readonly (readonly unknown[])[]): Promise<CreateOrGetChatResult[]> {
  return Promise.all(lists.map((participants) => createOrGetChat(ctx, { participants })));
}

describe.each(["claim", "none"] as const)("the race, with legacy: %s", (legacy) => {
  it("gives 150 concurrent callers of one pair one chat, created once", async () => {
    await using chats = await freshDatabase({ legacy });
    const forms = [
      ["alice", "bob"],
      ["bob", "alice"],
      ["bob", "alice", "bob"],
    ];
    const results = await race(
      chats,
      Array.from({ length: 150 }, (_, call) => forms[call % 3] ?? []),
    );
    expectOneChat(results);
    expect(await chats.chats.countDocuments()).toBe(1);
  });

  it("does so on two connections at once, 20 pairs in a row", async () => {
    await using first = await freshDatabase({ legacy });
    const second = chatContext(first.db, { legacy });
    for (let pair = 0; pair < 20; pair += 1) {
      const people = [`user-${pair}`, "bob"];
      const calls = Array.from({ length: 20 }, () => people);
      const results = await Promise.all([race(first, calls), race(second, calls)]);
      expectOneChat(results.flat());
    }
    expect(await first.chats.countDocuments()).toBe(20);
  });

  it("gives a group of five one chat in all 120 orders", async () => {
    await using chats = await freshDatabase({ legacy });
    expectOneChat(await race(chats, permutations(["a", "b", "c", "d", "e"])));
    expect(await chats.chats.countDocuments()).toBe(1);
  });
});
