import { describe, expect, it } from "vitest";
import { chatIds, createOrGetChat, getChat, resolveChatId } from "../../src/index.ts";
import { parkedChats } from "../../src/migrate/index.ts";
import { direct, messages } from "./direct-chats.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** Whoever is to be merged, or was, is looked at: what has become another chat takes no part in it. */

describe("a duplicate that has become another chat before it is merged", () => {
  it("as a third person joined it is a duplicate of their chat, and the pair reads nothing of it", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [
          { _id: id(1), users: ["a", "b"], isGroupChat: false },
          { _id: id(2), users: ["b", "a"], isGroupChat: false },
          { _id: id(3), users: ["c", "b", "a"], isGroupChat: false },
        ],
      },
    });
    expect(await field.up({ to: "backfill" })).toMatchObject({ exit: 0 });
    await field.change("chats", id(2), { $push: { users: "c" } });
    await field.insert("messages", { chat: id(2), m: "from c" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ "from c": String(id(3)) });
    expect(await field.one("chats", id(2))).toMatchObject({ mergedInto: id(3) });
    expect(await field.one("chats", id(1))).not.toHaveProperty("aliases");
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it.each([
    ["turned into a group", { isGroupChat: true, name: "friends" }],
    ["given to other people", { users: ["a", "x"] }],
    ["released", { releasedAt: new Date(0) }],
  ])("as it was %s it is left where it is", async (_how, change) => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [
          { _id: id(1), users: ["a", "b"], isGroupChat: false },
          { _id: id(2), users: ["b", "a"], isGroupChat: false },
        ],
      },
    });
    await field.up({ to: "backfill" });
    await field.change("chats", id(2), { $set: change });
    await field.insert("messages", { chat: id(2), m: "after the change" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ "after the change": String(id(2)) });
    expect(await field.one("chats", id(2))).not.toHaveProperty("mergedInto");
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});

describe("a tombstone or a survivor that has become another chat after the merge", () => {
  async function merged(): Promise<FieldDatabase> {
    const field = await fieldDatabase({
      model: direct,
      data: {
        chats: [
          { _id: id(1), users: ["a", "b"], isGroupChat: false },
          { _id: id(2), users: ["b", "a"], isGroupChat: false },
        ],
        messages: [{ chat: id(2), m: "before" }],
      },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ before: String(id(1)) });
    return field;
  }

  it("keeps what strangers send to a tombstone out of the pair's chat, and is told of", async () => {
    await using field = await merged();
    await field.change("chats", id(2), { $push: { users: "c" } });
    await field.insert("messages", { chat: id(2), m: "from c" });
    await field.up();
    expect(await messages(field)).toEqual({ before: String(id(1)), "from c": String(id(2)) });
    expect((await field.verify()).chats).toContain(String(id(2)));
    const pair = await getChat(field.app(), String(id(1)));
    expect(await chatIds(field.app(), pair)).toEqual([String(id(1))]);
  });

  it("keeps what the old version sends to a tombstone out of a survivor that has become a group", async () => {
    await using field = await merged();
    await field.change("chats", id(1), { $push: { users: "c" }, $set: { isGroupChat: true } });
    await field.insert("messages", { chat: id(2), m: "about c" });
    for (let run = 0; run < 3; run += 1) expect([0, 6]).toContain((await field.up()).exit);
    expect(await messages(field)).toEqual({ before: String(id(1)), "about c": String(id(2)) });
    expect((await field.verify()).chats).toContain(String(id(2)));
  });

  it("never makes a chat with aliases a duplicate, however often people come and go", async () => {
    await using field = await merged();
    for (let turn = 0; turn < 6; turn += 1) {
      await field.change("chats", id(1), { $push: { users: `c${turn}` }, $set: { isGroupChat: true } });
      expect([0, 6]).toContain((await field.up()).exit);
      await createOrGetChat(field.app(), { participants: ["a", "b"] });
      await field.change("chats", id(1), { $pull: { users: `c${turn}` }, $set: { isGroupChat: false } });
      expect([0, 6]).toContain((await field.up()).exit);
    }
    expect(await field.one("chats", id(1))).not.toHaveProperty("mergedInto");
    expect((await parkedChats(field.migration)).map(({ _id }) => String(_id))).toContain(String(id(1)));
    expect(await resolveChatId(field.app(), String(id(2)))).toBe(String(id(1)));
    const tombstones = await field.all("chats", { mergedInto: { $exists: true } });
    const targets = new Set(tombstones.map(({ mergedInto }) => String(mergedInto)));
    expect(tombstones.filter(({ _id }) => targets.has(String(_id)))).toEqual([]);
  }, 300_000);
});
