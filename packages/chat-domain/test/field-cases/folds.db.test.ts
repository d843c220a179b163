import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { migrateUp, migrationContext, rollBack } from "../../src/migrate/index.ts";
import { interruptedDatabase } from "../migrate/interrupted-database.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const said = (number: number, minute: number, more: Document = {}): Document => ({
  _id: id(number),
  at: at(minute),
  text: `message ${number}`,
  ...more,
});

/** Everything in the chat itself: messages, counters, who has hidden it, who is in it. */
const embedded: ChatModelInput = {
  chats: { participants: "members.userId", scope: null },
  references: [
    { collection: "chats", field: "messages.chatId" },
    { collection: "chats", field: "last.chatId" },
  ],
  fold: {
    messages: { union: { by: "_id", orderBy: "at" } },
    unread: { eachKey: "sum" },
    count: "sum",
    hiddenFrom: "intersection",
    archived: "every",
    members: { union: { by: "userId", fold: { unread: "sum", lastRead: "max" } } },
    last: { newestBy: "last.at" },
  },
};

const message = (number: number, minute: number, chatNumber: number): Document =>
  said(number, minute, { chatId: id(chatNumber) });

function chat(number: number, messages: readonly Document[], more: Document = {}): Document {
  return {
    _id: id(number),
    members: [
      { userId: "a", unread: number, lastRead: at(number) },
      { userId: "b", unread: 0 },
    ],
    messages,
    unread: { a: number, [`u${number}`]: 1 },
    count: messages.length,
    hiddenFrom: ["a", `b${number}`],
    archived: true,
    last: { at: at(number), chatId: id(number) },
    ...more,
  };
}

const two = (): readonly Document[] => [
  chat(1, [message(11, 1, 1), message(13, 3, 1)]),
  chat(2, [message(12, 2, 2), message(14, 4, 2)], { archived: false }),
];

async function database(chats: readonly Document[] = two(), model = embedded): Promise<FieldDatabase> {
  return fieldDatabase({ model, data: { chats } });
}

const ids = (messages: unknown): readonly string[] => (messages as Document[]).map(({ _id }) => String(_id));
const numbered = (...numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => String(id(number)));

/** The old version writes to the duplicate, and a sweep takes it along. */
async function sweptAfter(field: FieldDatabase, ...updates: readonly Document[]): Promise<Document> {
  for (const update of updates) await field.change("chats", id(2), update);
  expect(await field.up()).toMatchObject({ exit: 0 });
  return field.one("chats", id(1));
}

describe("chats that hold everything themselves", () => {
  it("fold into one, and out of it again to the byte, also after a purge", async () => {
    await using field = await database();
    const before = await field.image("chats");
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const survivor = await field.one("chats", id(1));
    expect(ids(survivor["messages"])).toEqual(numbered(11, 12, 13, 14));
    expect((survivor["messages"] as Document[]).map(({ chatId }) => String(chatId))).toEqual(
      numbered(1, 1, 1, 1),
    );
    expect(survivor).toMatchObject({
      unread: { a: 3, u1: 1, u2: 1 },
      count: 4,
      hiddenFrom: ["a"],
      archived: false,
      last: { at: at(2), chatId: id(1) },
      members: [
        { userId: "a", unread: 3, lastRead: at(2) },
        { userId: "b", unread: 0 },
      ],
      foldedFrom: [{ from: id(2), hash: expect.any(String) }],
    });
    expect(await field.verify()).toMatchObject({ exit: 0 });
    const done = await field.image("chats");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(done);
    expect(await field.purge()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).not.toHaveProperty("foldedFrom");
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(before);
  });

  it("take along what the old version writes to the duplicate, once", async () => {
    await using field = await database();
    await field.up();
    const later = await sweptAfter(field, {
      $push: { messages: { $each: [message(15, 0, 2)] } },
      $inc: { count: 1, "unread.a": 2, "members.0.unread": 5 },
    });
    expect(ids(later["messages"])).toEqual(numbered(15, 11, 12, 13, 14));
    expect(later).toMatchObject({ count: 5, unread: { a: 5 } });
    expect((later["members"] as Document[])[0]).toMatchObject({ unread: 8 });
    const done = await field.image("chats");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(done);
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("follow edits and deletions, but for what was changed or deleted in the survivor", async () => {
    await using field = await database();
    await field.up();
    await field.change("chats", id(1), { $set: { "messages.1.text": "edited here" } });
    const later = await sweptAfter(field, {
      $set: { "messages.0.text": "edited there", "messages.1.seen": true },
    });
    expect((later["messages"] as Document[]).map(({ text }) => text as string)).toEqual([
      "message 11",
      "edited here",
      "message 13",
      "message 14",
    ]);
    expect((later["messages"] as Document[])[3]).toMatchObject({ seen: true });
    await field.change("chats", id(1), { $pull: { messages: { _id: id(12) } } });
    const last = await sweptAfter(
      field,
      { $set: { "messages.0.text": "again" } },
      { $pull: { messages: { _id: id(14) } } },
    );
    expect(ids(last["messages"])).toEqual(numbered(11, 13));
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    // What was deleted in the survivor stays deleted.
    expect((await field.one("chats", id(2)))["messages"]).toEqual([]);
  });

  it("count right: gains always, a loss only while nobody has reset the sum, and gains from there", async () => {
    await using field = await database();
    await field.up();
    expect(await sweptAfter(field, { $set: { "unread.a": 0 } })).toMatchObject({ unread: { a: 1 } });
    expect(await sweptAfter(field, { $set: { "unread.a": 4 } })).toMatchObject({ unread: { a: 5 } });
    await field.change("chats", id(1), { $set: { "unread.a": 1 } });
    expect(await sweptAfter(field, { $set: { "unread.a": 0 } })).toMatchObject({ unread: { a: 1 } });
    expect(await sweptAfter(field, { $set: { "unread.a": 2 } })).toMatchObject({ unread: { a: 3 } });
  });

  it("lose only the contribution when the survivor lives on, and get back what was done to it", async () => {
    await using field = await database();
    await field.up();
    await field.change("chats", id(1), {
      $inc: { count: 1, "unread.a": 1 },
      $set: { "messages.1.seen": true },
      $pull: { hiddenFrom: "a" },
    });
    await field.change("chats", id(1), { $push: { messages: message(16, 6, 1) } });
    await field.change("chats", id(1), { $pull: { messages: { _id: id(14) } } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    const [survivor, loser] = [await field.one("chats", id(1)), await field.one("chats", id(2))];
    expect(ids(survivor["messages"])).toEqual(numbered(11, 13, 16));
    expect(survivor).toMatchObject({ count: 3, unread: { a: 2, u1: 1 } });
    expect(survivor["unread"]).not.toHaveProperty("u2");
    expect(survivor).not.toHaveProperty("foldedFrom");
    expect(loser["messages"]).toEqual([message(12, 2, 2)].map((one) => ({ ...one, seen: true })));
  });

  it("are undone where the survivor had nothing of what the duplicate gave, more than a megabyte of it", async () => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null }, fold: { messages: { union: { by: "_id" } } } },
    });
    const users = ["a", "b"];
    const messages = Array.from({ length: 150 }, (_, number) =>
      said(number, number, { text: "x".repeat(9_000) }),
    );
    await field.insert("chats", { _id: id(1), users });
    await field.insert("chats", { _id: id(2), users, messages });
    const original = await field.image("chats");
    await field.up();
    expect((await field.one("chats", id(1)))["messages"]).toHaveLength(150);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(original);
  });

  it("lose nothing that old and new version write in the middle of a fold", async () => {
    await using field = await database();
    const chats = field.db.collection("chats");
    let writes = 0;
    const busy = interruptedDatabase(field.db, async (command) => {
      if (command["update"] !== "chats" || writes >= 6) return;
      writes += 1;
      await chats.updateOne({ _id: id(2) }, {
        $inc: { count: 1 },
        $push: { messages: message(40 + writes, writes, 2) },
      } as object);
      await chats.updateOne({ _id: id(1) }, {
        $inc: { count: 1 },
        $push: { messages: message(50 + writes, 9, 1) },
      } as object);
    });
    await migrateUp(migrationContext(busy, { model: embedded, graceMs: 0 }), {});
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(writes).toBe(6);
    const survivor = await field.one("chats", id(1));
    expect(survivor).toMatchObject({ count: 16 });
    expect(ids(survivor["messages"]).toSorted()).toEqual(
      numbered(11, 12, 13, 14, 41, 42, 43, 44, 45, 46, 51, 52, 53, 54, 55, 56),
    );
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("give back what both versions change while they are taken apart", async () => {
    await using field = await database();
    await field.up();
    const chats = field.db.collection("chats");
    const edit = async (chatNumber: number, number: number, text: string): Promise<boolean> => {
      const q = { _id: id(chatNumber), "messages._id": id(number) };
      return (await chats.updateOne(q, { $set: { "messages.$.text": text } })).matchedCount === 1;
    };
    let [writes, acknowledged] = [0, ""];
    const busy = interruptedDatabase(field.db, async (command) => {
      if (command["update"] !== "chats") return;
      writes += 1;
      if (writes <= 3 && (await edit(1, 12, `here ${writes}`))) acknowledged = `here ${writes}`;
      if (writes === 4) await edit(2, 14, "there");
      if (writes === 3) await field.change("chats", id(1), { $pull: { messages: { _id: id(11) } } });
    });
    await rollBack(migrationContext(busy, { model: embedded, graceMs: 0 }), { to: "none" });
    const [survivor, loser] = [await field.one("chats", id(1)), await field.one("chats", id(2))];
    expect(ids(survivor["messages"])).toEqual(numbered(13));
    expect(loser["messages"]).toMatchObject([{ text: acknowledged }, { text: "there" }]);
    expect(acknowledged).toBe("here 3");
  });

  it("are reported, and not folded again, where somebody has replaced the whole survivor", async () => {
    await using field = await database();
    await field.up();
    const { foldedFrom: _marks, ...replaced } = await field.one("chats", id(1));
    await field.db.collection("chats").replaceOne({ _id: id(1) }, replaced);
    const done = await field.image("chats");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(done);
    const { exit, findings } = await field.verify();
    expect([exit, findings.map(({ code }) => code)]).toEqual([5, ["CONTRIBUTION_LOST"]]);
  });
});
