import { describe, expect, it } from "vitest";
import { fieldDatabase, id } from "./field-database.ts";
import { model, tripled } from "./tripled-chats.ts";

describe("a survivor that would be too large", () => {
  it("keeps its duplicate from being touched, and others are merged into it", async () => {
    const many = (kind: string): readonly string[] =>
      Array.from({ length: 9 }, (_, number) => `${kind} ${number} ${"x".repeat(1_000_000)}`);
    const { chats = [], messages = [] } = tripled();
    const tags = [many("one"), many("two"), ["three"]];
    await using field = await fieldDatabase({ model, data: { chats: [], messages } });
    for (const [index, chat] of chats.entries()) await field.insert("chats", { ...chat, tags: tags[index] });
    const before = await field.image("chats", "messages");
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(2))).toEqual({ ...chats[1], tags: tags[1] });
    expect(await field.one("chats", id(3))).toMatchObject({ mergedInto: id(1) });
    expect((await field.one("chats", id(1)))["aliases"]).toEqual([id(3)]);
    expect((await field.all("messages", { chat: id(2) })).map(({ _id }) => String(_id))).toEqual(
      [20, 21].map((number) => String(id(number))),
    );
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });
});
