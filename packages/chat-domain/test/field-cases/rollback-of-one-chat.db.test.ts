import { describe, expect, it } from "vitest";
import { fieldDatabase, id } from "./field-database.ts";
import { mergedChats, notesOf } from "./refused-rollback.ts";
import { chatsOf, model, tripled } from "./tripled-chats.ts";

/** One duplicate is brought back, and stays a chat of its own. */

describe("rollback of one chat", () => {
  it("brings it back, released, with what was its own, and leaves the others merged", async () => {
    await using field = await fieldDatabase({ model, data: tripled() });
    const before = await field.image("chats", "messages");
    await field.up();
    expect(await field.rollback({ chat: String(id(2)) })).toMatchObject({ exit: 0 });
    const back = await field.one("chats", id(2));
    expect(back).toMatchObject({ tags: ["tag 2"], releasedAt: expect.any(Date) });
    expect(back).not.toHaveProperty("mergedInto");
    expect(await chatsOf(field)).toEqual([1, 1, 2, 2, 1, 1].map((number) => String(id(number))));
    expect(await field.one("chats", id(1))).toMatchObject({
      aliases: [id(3)],
      tags: ["tag 1", "tag 3"],
      createdAt: new Date(997),
      updatedAt: new Date(1_003),
    });
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(2))).toEqual(back);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });

  it("is the way out where the survivor has become another chat", async () => {
    await using field = await fieldDatabase({ model, data: tripled() });
    await field.up();
    await field.change("chats", id(1), { $push: { users: "c" } });
    await field.up();
    expect((await field.verify()).chats).toContain(String(id(2)));
    for (const number of [2, 3]) {
      expect([0, 6]).toContain((await field.rollback({ chat: String(id(number)) })).exit);
    }
    expect(await chatsOf(field)).toEqual([1, 1, 2, 2, 3, 3].map((number) => String(id(number))));
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("is the way out, and verify says so, where the survivor is gone", async () => {
    await using field = await fieldDatabase({ model, data: tripled() });
    await field.up();
    await field.db.collection("chats").deleteOne({ _id: id(1) });
    const { findings } = await field.verify();
    const told = findings.filter(({ code }) => code === "SURVIVOR_MISSING").map(({ message }) => message);
    expect(told).toEqual(
      [2, 3].map((number) => expect.stringContaining(`rollback --chat ${String(id(number))}`)),
    );
    for (const number of [2, 3])
      expect(await field.rollback({ chat: String(id(number)) })).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect((await chatsOf(field)).slice(2)).toEqual([2, 2, 3, 3].map((number) => String(id(number))));
  });

  it("has nothing more to do where that one is back, as after a crash at its very end", async () => {
    await using field = await fieldDatabase({ model, data: tripled() });
    await field.up();
    const chat = String(id(2));
    await field.rollback({ chat });
    await field.change("chats", id(2), { $set: { title: "its own" } });
    const image = await field.image("chats", "messages");
    expect(await field.rollback({ chat })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(image);
    await field.db.collection("chats").deleteOne({ _id: id(2) });
    expect(await field.rollback({ chat })).toMatchObject({ exit: 0 });
    expect(await field.all("chats", { _id: id(2) })).toEqual([]);
  });

  it("says which rows stay in whose place another stands, and brings them back with the same command", async () => {
    await using field = await mergedChats();
    await field.up();
    await field.insert("members", { _id: 9, chat: id(2), user: "x" });
    const notes = async () => notesOf((await field.rollback({ chat: String(id(2)) })).events);
    for (const _ of ["first", "again"])
      expect(await notes()).toEqual([expect.stringMatching(/^1 of the documents of members, such as 0/)]);
    await field.db.collection("members").deleteOne({ chat: id(2), user: "x" });
    expect(await notes()).toEqual([]);
    expect(await field.one("members", 0)).toMatchObject({ chat: id(2), user: "x" });
  });

  it("that nobody has merged is refused in words", async () => {
    await using field = await fieldDatabase({ model, data: tripled() });
    await field.up();
    for (const chat of [String(id(1)), "nobody"]) {
      const ended = await field.rollback({ chat });
      expect([[1, 3], ended.text]).toEqual([
        expect.arrayContaining([ended.exit]),
        expect.stringContaining(chat),
      ]);
    }
  });
});
