import { describe, expect, it } from "vitest";
import { createOrGetChat, ensureIndexes } from "../../src/index.ts";
import { direct } from "./direct-chats.ts";
import { fieldDatabase } from "./field-database.ts";
import { expectRefused, tripled } from "./tripled-chats.ts";

describe("a collection of chats with a collation of its own", () => {
  const collections = { chats: { collation: { locale: "en", strength: 2 } } };

  it("is refused before anything is written", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: tripled({ isGroupChat: false }),
      collections,
    });
    await expectRefused(field, "chats", "collation");
  });

  it("is as good as any other for create-or-get: Bob and bob are two people", async () => {
    await using field = await fieldDatabase({ model: direct, collections });
    const app = field.app();
    await ensureIndexes(app);
    const open = (name: string) => createOrGetChat(app, { participants: ["ann", name] });
    const first = await Promise.all(["Bob", "bob", "BOB"].map(open));
    expect(first.map(({ created }) => created)).toEqual([true, true, true]);
    const again = await Promise.all(["Bob", "bob", "BOB"].map(open));
    expect(again.map(({ chat }) => chat.id)).toEqual(first.map(({ chat }) => chat.id));
  });
});
