import { describe, expect, it } from "vitest";
import { chatIds, createOrGetChat, findChat, getChat, releaseChat } from "../../src/index.ts";
import { explainChat } from "../../src/migrate/index.ts";
import { direct, messages, pairWithKey } from "./direct-chats.ts";
import { fieldDatabase, id } from "./field-database.ts";

/** A chat that is no longer *the* chat of its people, and the ids under which a chat is found. */

describe("releaseChat", () => {
  it("takes the key from a chat that is no longer the chat of its people, by one write", async () => {
    await using field = await pairWithKey();
    const app = field.app();
    await releaseChat(app, String(id(1)));
    const released = await field.one("chats", id(1));
    expect(released).not.toHaveProperty("participantsKey");
    expect(released["releasedAt"]).toBeInstanceOf(Date);
    expect(await findChat(app, { participants: ["a", "b"] })).toBeNull();
    const next = await createOrGetChat(app, { participants: ["a", "b"] });
    expect(next).toMatchObject({ created: true });
    expect(next.chat.id).not.toBe(String(id(1)));
    await expect(releaseChat(app, "nobody")).rejects.toMatchObject({ code: "CHAT_NOT_FOUND" });
  });

  it("is respected by up and verify, until releasedAt is renamed to unkeyedAt", async () => {
    await using field = await pairWithKey();
    await field.insert("messages", { chat: id(1), m: "closed case" });
    await releaseChat(field.app(), String(id(1)));
    const { chat } = await createOrGetChat(field.app(), { participants: ["a", "b"] });
    expect(await field.up()).toMatchObject({ text: "nothing-to-do" });
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ "closed case": String(id(1)) });
    await field.change("chats", id(1), { $rename: { releasedAt: "unkeyedAt" } });
    expect(await field.up()).toMatchObject({ exit: 0, text: "done" });
    expect(await messages(field)).toEqual({ "closed case": chat.id });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("of a survivor leaves its tombstones where they are, and tells what is sent to them", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [
          { _id: id(1), users: ["a", "b"], isGroupChat: false },
          { _id: id(2), users: ["b", "a"], isGroupChat: false },
        ],
      },
    });
    await field.up();
    await releaseChat(field.app(), String(id(1)));
    await field.insert("messages", { chat: id(2), m: "late" });
    expect([0, 6]).toContain((await field.up()).exit);
    expect(await messages(field)).toEqual({ late: String(id(2)) });
    expect((await field.verify()).chats).toContain(String(id(2)));
    expect(await explainChat(field.migration, String(id(2)))).toMatchObject({ standing: "tombstone" });
  });
});

describe("chatIds", () => {
  it("are the chat's and those of its duplicates, purged ones included, and of nobody else", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [1, 2, 3].map((number) => ({ _id: id(number), users: ["a", "b"], isGroupChat: false })),
      },
    });
    await field.up();
    const app = field.app();
    const idsNow = async (): Promise<readonly string[]> => chatIds(app, await getChat(app, String(id(1))));
    expect([...(await idsNow())].toSorted()).toEqual([1, 2, 3].map((number) => String(id(number))));
    await field.change("chats", id(3), { $set: { users: ["a", "x"] } });
    expect([...(await idsNow())].toSorted()).toEqual([1, 2].map((number) => String(id(number))));
    await field.change("chats", id(3), { $set: { users: ["a", "b"] } });
    expect(await field.purge()).toMatchObject({ exit: 0 });
    expect([...(await idsNow())].toSorted()).toEqual([1, 2, 3].map((number) => String(id(number))));
  });
});
