import { Long } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat, findChat, participantsKey } from "../../src/index.ts";
import { parkedChats } from "../../src/migrate/index.ts";
import { recordingObserver } from "../recording-observer.ts";
import { direct, keyOf, messages, pairWithKey, references } from "./direct-chats.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** Whoever holds a key is believed only after a look, by people and scope, and by `where`. */

describe("a key's holder that has become another chat", () => {
  it("as a group gets no private message: the pair's new chat takes the key", async () => {
    await using field = await pairWithKey();
    await field.change("chats", id(1), { $push: { users: "c" }, $set: { isGroupChat: true } });
    await field.insert("chats", { _id: id(2), users: ["a", "b"], isGroupChat: false });
    await field.insert("messages", { chat: id(2), m: "about c" });

    expect(await field.plan()).toMatchObject({ exit: 0, plan: { pending: true } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ "about c": String(id(2)) });
    expect(await field.one("chats", id(2))).toMatchObject({ participantsKey: keyOf("a", "b") });
    expect(await field.one("chats", id(2))).not.toHaveProperty("mergedInto");
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await createOrGetChat(field.app(), { participants: ["b", "a"] })).toMatchObject({
      created: false,
      chat: { id: String(id(2)) },
    });
  });

  it.each([
    ["newer than the pair's", "z9", "a1"],
    ["older than the pair's", "a1", "z9"],
  ])("of three people, %s, takes the key of its three people", async (_age, holder, pair) => {
    await using field = await fieldDatabase({
      model: { ...direct, chats: { ...direct.chats, idType: "string" } },
      data: {
        chats: [
          { _id: holder, users: ["a", "b", "c"], isGroupChat: false, participantsKey: keyOf("a", "b") },
          { _id: pair, users: ["a", "b"], isGroupChat: false },
        ],
        messages: [{ chat: pair, m: "about c" }],
      },
      indexes: [
        { collection: "chats", key: { participantsKey: 1 }, options: { unique: true, sparse: true } },
      ],
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ "about c": pair });
    expect(await field.one("chats", pair)).toMatchObject({ participantsKey: keyOf("a", "b") });
    expect(await field.one("chats", holder)).toMatchObject({ participantsKey: keyOf("a", "b", "c") });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("and whose people have a chat already becomes that chat's duplicate, not the pair's", async () => {
    await using field = await pairWithKey();
    await field.insert("chats", { _id: id(3), users: ["a", "b", "c"], isGroupChat: false });
    await field.up();
    await field.change("chats", id(1), { $push: { users: "c" } });
    await field.insert("chats", { _id: id(0), users: ["b", "a"], isGroupChat: false });
    await field.insert("messages", { chat: id(1), m: "of three" }, { chat: id(0), m: "of two" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ "of three": String(id(3)), "of two": String(id(0)) });
    expect(await field.one("chats", id(0))).toMatchObject({ participantsKey: keyOf("a", "b") });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("of another scope keeps nothing of the scope before", async () => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: "tenant" }, references },
      data: { chats: [{ _id: id(1), users: ["a", "b"], tenant: "acme" }] },
    });
    await field.up();
    await field.change("chats", id(1), { $set: { tenant: "rival" } });
    await field.insert("chats", { _id: id(0), users: ["a", "b"], tenant: "acme" });
    await field.insert("messages", { chat: id(0), m: "acme's secret" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ "acme's secret": String(id(0)) });
    expect(await field.one("chats", id(1))).toMatchObject({
      participantsKey: participantsKey(["a", "b"], "rival"),
    });
    expect(await field.one("chats", id(0))).toMatchObject({
      participantsKey: participantsKey(["a", "b"], "acme"),
    });
  });

  it("whose people are no longer valid loses the key, and is set aside", async () => {
    await using field = await pairWithKey();
    await field.change("chats", id(1), { $push: { users: null } });
    await field.insert("chats", { _id: id(2), users: ["a", "b"], isGroupChat: false });
    await field.insert("messages", { chat: id(2), m: "private" });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect((await parkedChats(field.migration)).map(({ _id }) => String(_id))).toEqual([String(id(1))]);
    expect(await messages(field)).toEqual({ private: String(id(2)) });
    expect(await field.one("chats", id(2))).toMatchObject({ participantsKey: keyOf("a", "b") });
  });

  it("gets its key back by a rollback to none", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [
          { _id: id(1), users: ["a", "b", "c"], isGroupChat: true, participantsKey: keyOf("a", "b") },
          { _id: id(2), users: ["a", "b"], isGroupChat: false },
        ],
        messages: [{ _id: id(9), chat: id(2), m: "about c" }],
      },
      indexes: [
        { collection: "chats", key: { participantsKey: 1 }, options: { unique: true, sparse: true } },
      ],
    });
    const before = await field.image("chats", "messages");
    await field.up();
    expect(await messages(field)).toEqual({ "about c": String(id(2)) });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });
});

describe("a key's holder that `where` selects no longer", () => {
  const undeleted: ChatModelInput = {
    chats: { participants: "users", scope: null, where: { deleted: false } },
    references,
  };

  it("as a deleted chat gets no live message", async () => {
    await using field = await pairWithKey(undeleted);
    await field.change("chats", id(1), { $set: { deleted: true } });
    await field.insert("chats", { _id: id(2), users: ["b", "a"], deleted: false });
    await field.insert("messages", { chat: id(2), m: "hello again" });
    expect(await field.plan()).toMatchObject({ exit: 0, plan: { pending: true } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ "hello again": String(id(2)) });
    expect(await field.one("chats", id(2))).toMatchObject({ participantsKey: keyOf("a", "b") });
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it.each([
    [
      "an expression",
      { $expr: { $lt: [{ $size: "$blockedBy" }, 1] } },
      { blockedBy: [] },
      { blockedBy: ["a"] },
    ],
    ["a range of dates", { closedAt: null }, {}, { closedAt: new Date(0) }],
    ["a regular expression", { kind: /^direct/i }, { kind: "Direct" }, { kind: "archived" }],
  ])("is judged by the server: %s", async (_name, where, selected, unselected) => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null, where }, references },
      data: { chats: [{ _id: id(1), users: ["a", "b"], ...selected }] },
    });
    await field.up();
    await field.change("chats", id(1), { $set: unselected });
    await field.insert("chats", { _id: id(2), users: ["a", "b"], ...selected });
    await field.insert("messages", { chat: id(2), m: "after" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await messages(field)).toEqual({ after: String(id(2)) });
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
  });

  it("is handed out to nobody, and found by nobody", async () => {
    await using field = await pairWithKey(undeleted);
    await field.change("chats", id(1), { $set: { deleted: true } });
    const observer = recordingObserver();
    const app = field.app({ observer });
    await expect(createOrGetChat(app, { participants: ["a", "b"] })).rejects.toMatchObject({
      code: "INTEGRITY",
    });
    await expect(findChat(app, { participants: ["a", "b"] })).rejects.toMatchObject({ code: "INTEGRITY" });
    expect(observer.counted("integrity")).toBeGreaterThan(0);
  });
});

describe("a pair whose chat was turned into a group", () => {
  async function turnedIntoGroup(model: ChatModelInput = direct): Promise<FieldDatabase> {
    const field = await pairWithKey(model);
    await field.change("chats", id(1), { $push: { users: "c" }, $set: { isGroupChat: true } });
    return field;
  }

  it("is told of by verify and plan, and can talk again after up", async () => {
    await using field = await turnedIntoGroup();
    await expect(createOrGetChat(field.app(), { participants: ["a", "b"] })).rejects.toMatchObject({
      code: "INTEGRITY",
    });
    const told = await field.verify();
    expect([told.exit, told.chats]).toEqual([5, [String(id(1))]]);
    expect((await field.plan()).plan).toMatchObject({ pending: true });
    expect(await field.up()).toMatchObject({ exit: 0, text: "done" });
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await field.up()).toMatchObject({ text: "nothing-to-do" });
    const again = await createOrGetChat(field.app(), { participants: ["a", "b"] });
    expect(again).toMatchObject({ created: true });
    expect(again.chat.id).not.toBe(String(id(1)));
  });

  it('can talk again at once where the model says drift: "release"', async () => {
    await using field = await turnedIntoGroup({ ...direct, chats: { ...direct.chats, drift: "release" } });
    const observer = recordingObserver();
    const app = field.app({ observer });
    expect(await findChat(app, { participants: ["a", "b"] })).toBeNull();
    // A read releases nothing.
    expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: keyOf("a", "b") });
    const opened = await Promise.all(
      Array.from({ length: 20 }, () => createOrGetChat(app, { participants: ["b", "a"] })),
    );
    expect(new Set(opened.map(({ chat }) => chat.id)).size).toBe(1);
    expect(opened[0]?.chat.id).not.toBe(String(id(1)));
    expect(opened.filter(({ created }) => created)).toHaveLength(1);
    expect(observer.counted("released")).toBe(1);
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
  });

  it("and is still selected: the group takes the key of its people when it is released", async () => {
    const all: ChatModelInput = {
      chats: { participants: "users", scope: null, drift: "release" },
      references,
    };
    await using field = await pairWithKey(all);
    await field.change("chats", id(1), { $push: { users: "c" } });
    expect(await createOrGetChat(field.app(), { participants: ["a", "b"] })).toMatchObject({ created: true });
    expect(await createOrGetChat(field.app(), { participants: ["c", "b", "a"] })).toMatchObject({
      created: false,
      chat: { id: String(id(1)) },
    });
  });
});

describe("a key's holder with a value that is another one once a driver has read and written it", () => {
  const members: ChatModelInput = { chats: { participants: "members.user", scope: null }, references };
  /** Of a date that is later than any of JavaScript's. */
  const joined = { $toDate: Long.MAX_VALUE };

  async function grown(model: ChatModelInput): Promise<FieldDatabase> {
    const field = await fieldDatabase({
      model,
      data: { chats: [{ _id: id(1), members: [{ user: "a" }, { user: "b" }] }] },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const everybody = ["a", "b", "c"].map((user) => ({ user, joined }));
    await field.db.command({ update: "chats", updates: [{ q: {}, u: [{ $set: { members: everybody } }] }] });
    return field;
  }

  it("gets the key of its people by up", async () => {
    await using field = await grown(members);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: keyOf("a", "b", "c") });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("and by create-or-get where drift is released", async () => {
    await using field = await grown({ ...members, chats: { ...members.chats, drift: "release" } });
    expect(await createOrGetChat(field.app(), { participants: ["a", "b"] })).toMatchObject({ created: true });
    expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: keyOf("a", "b", "c") });
  });

  it("loses the key as well where nobody can read its people", async () => {
    await using field = await grown(members);
    const unreadable = [{ user: joined }, "nobody"];
    await field.db.command({ update: "chats", updates: [{ q: {}, u: [{ $set: { members: unreadable } }] }] });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
    expect(await field.verify()).toMatchObject({ exit: 6 });
  });
});
