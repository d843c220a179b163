import { testMongo } from "@onechat/mongo/testing";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat, participantsKey } from "../../src/index.ts";
import { parkedChats } from "../../src/migrate/index.ts";
import { fieldDatabase, type FieldIndex, id } from "./field-database.ts";

/** Keys that their holders give up: what `up` does about them, what a rollback makes of it, what verify says. */
const direct: ChatModelInput = {
  chats: { participants: "users", scope: null, where: { isGroupChat: false } },
  references: [{ collection: "messages", field: "chat" }],
};
const keyIndex: FieldIndex = {
  collection: "chats",
  key: { participantsKey: 1 },
  options: { unique: true, sparse: true },
};
const key = participantsKey(["a", "b"]);

describe("a tombstone that holds a key", () => {
  it("is told of by verify, and gives it up to the chat whose it is", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"], isGroupChat: false })),
        messages: [],
      },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    await field.change("chats", id(1), { $unset: { participantsKey: "" } });
    await field.change("chats", id(2), { $set: { participantsKey: key } });
    const { findings } = await field.verify();
    expect(findings).toContainEqual(expect.objectContaining({ code: "MISPLACED_KEY", chat: id(2) }));
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: key });
    expect(await field.one("chats", id(2))).not.toHaveProperty("participantsKey");
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});

describe("a released chat that holds a key all the same", () => {
  it("gives it up, stays released, and gets both back by a rollback to none", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [
          {
            _id: id(1),
            users: ["a", "b"],
            isGroupChat: false,
            participantsKey: key,
            releasedAt: new Date(0),
          },
          { _id: id(2), users: ["b", "a"], isGroupChat: false },
        ],
        messages: [{ _id: id(2), chat: id(2) }],
      },
      indexes: [keyIndex],
    });
    const before = await field.image("chats", "messages");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(2))).toMatchObject({ participantsKey: key });
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
    expect(await field.one("messages", id(2))).toMatchObject({ chat: id(2) });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });
});

describe("a key that its holder gave up and that another chat holds when it is to come back", () => {
  it("stays there: the rollback ends, tells of it, and has nothing more to tell the next time", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [{ _id: id(1), users: ["a", "b", "c"], isGroupChat: true, participantsKey: key }],
        messages: [],
      },
      indexes: [keyIndex],
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const { chat } = await createOrGetChat(field.app(), { participants: ["a", "b"] });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 6 });
    expect(await parkedChats(field.migration)).toMatchObject([
      { _id: id(1), reason: expect.stringContaining("held by another chat") },
    ]);
    expect(await field.all("chats", { participantsKey: key })).toMatchObject([{ users: ["a", "b"] }]);
    expect((await field.all("chats", { participantsKey: key })).map(({ _id }) => String(_id))).toEqual([
      chat.id,
    ]);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  });
});

describe("a sealed collection", () => {
  it("lets a drifted chat lose its key, and carries no mark of it after a rollback to none", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [
          { _id: id(1), users: ["a", "b"], isGroupChat: false },
          { _id: id(2), users: ["a", "b", "c"], isGroupChat: false },
        ],
        messages: [],
      },
      collMod: true,
    });
    expect(await field.up({ to: "seal" })).toMatchObject({ exit: 0 });
    await field.change("chats", id(1), { $set: { users: ["a", "b", null] } });
    expect(await field.up()).toMatchObject({ exit: 6 });
    const chat = await field.one("chats", id(1));
    expect(chat).not.toHaveProperty("participantsKey");
    expect(chat["unkeyedAt"]).toBeInstanceOf(Date);
    await field.change("chats", id(1), { $set: { users: ["a", "b"] } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: key });
    expect(await field.one("chats", id(1))).not.toHaveProperty("unkeyedAt");
    await field.change("chats", id(1), { $set: { users: [] } });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(1))).toHaveProperty("unkeyedAt");
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.all("chats", { unkeyedAt: { $exists: true } })).toEqual([]);
  });

  it.skipIf(testMongo().capabilities.collMod)(
    "cannot be had without collMod, which is said although there is nothing else to do",
    async () => {
      await using field = await fieldDatabase({
        model: direct,
        data: { chats: [{ _id: id(1), users: ["a", "b"], isGroupChat: false }], messages: [] },
      });
      await field.up();
      const { text, events } = await field.up({ to: "seal" });
      expect([text, JSON.stringify(events)]).toEqual([
        "nothing-to-do",
        expect.stringContaining("not sealed"),
      ]);
    },
  );
});
