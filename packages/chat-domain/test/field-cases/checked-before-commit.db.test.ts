import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, ChatError, createOrGetChat, resolveChatId } from "../../src/index.ts";
import { explainChat, parkedChats } from "../../src/migrate/index.ts";
import { type FieldCase, type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** What can stop a merge is looked at before anything is written; a chat that is set aside all the same is untouched. */
const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "messages", field: "chat" }],
  fold: { createdAt: "min", updatedAt: "max", tags: "union" },
};

/** Three chats of a pair, with messages, times and tags of their own. */
function tripled(more: Document = {}): NonNullable<FieldCase["data"]> {
  const numbers = [1, 2, 3];
  return {
    chats: numbers.map((number) => ({
      _id: id(number),
      users: ["a", "b"],
      createdAt: new Date(1_000 - number),
      updatedAt: new Date(1_000 + number),
      tags: [`tag ${number}`],
      ...more,
    })),
    messages: numbers.flatMap((number) =>
      [0, 1].map((index) => ({ _id: id(number * 10 + index), chat: id(number), text: `message ${index}` })),
    ),
  };
}

/** Refused by plan and up alike, in words that name these, with nothing written. */
async function expectRefused(field: FieldDatabase, ...names: readonly string[]): Promise<void> {
  const before = await field.image(...Object.keys(tripled()));
  const plan = await field.plan();
  expect([plan.exit, plan.problems]).toEqual([3, expect.any(String)]);
  for (const name of names) expect(plan.problems).toContain(name);
  expect(await field.up()).toMatchObject({ exit: 3 });
  expect(await field.image(...Object.keys(tripled()))).toEqual(before);
}

/** Merged and verified, and every byte back by a rollback. */
async function expectMergedAndBack(field: FieldDatabase, ...others: readonly string[]): Promise<void> {
  const before = await field.image("chats", "messages", ...others);
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.verify()).toMatchObject({ exit: 0 });
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.image("chats", "messages", ...others)).toEqual(before);
}

const chatsOf = async (field: FieldDatabase): Promise<readonly string[]> =>
  (await field.all("messages")).map(({ chat }) => String(chat));

describe("a collection that cannot be written as a merge needs it", () => {
  it("is refused as a view of chats", async () => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({
      model: { ...model, references: [] },
      data: { rooms: chats, messages },
      collections: { chats: { viewOn: "rooms", pipeline: [] } },
    });
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringMatching(/chats[^]*view/)]);
    expect(await field.up()).toMatchObject({ exit: 3, text: expect.stringContaining("view") });
  });

  it("is refused as a view of messages", async () => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({
      model: { ...model, references: [{ collection: "letters", field: "chat" }] },
      data: { chats, messages },
      collections: { letters: { viewOn: "messages", pipeline: [] } },
      indexes: [{ collection: "messages", key: { chat: 1 } }],
      isIndexed: false,
    });
    await expectRefused(field, "letters", "view");
  });

  it("is refused as a time series of messages", async () => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({
      model,
      data: { chats, messages: messages.map((message) => ({ ...message, at: new Date(0) })) },
      collections: { messages: { timeseries: { timeField: "at", metaField: "chat" } } },
    });
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringMatching(/messages[^]*time.?series/i)]);
    expect(await field.up()).toMatchObject({ exit: 3 });
    expect(await field.all("chats", { mergedInto: { $exists: true } })).toEqual([]);
  });

  it("with a collation of its own is refused, or followed to the last message", async () => {
    const chats = ["Ab", "aB", "ab"].map((_id) => ({ _id, users: ["a", "b"] }));
    await using field = await fieldDatabase({
      model: { ...model, chats: { ...model.chats, idType: "string" }, fold: {} },
      data: { chats, messages: chats.map(({ _id }) => ({ _id, chat: _id })) },
      collections: { messages: { collation: { locale: "en", strength: 2, numericOrdering: true } } },
      isIndexed: false,
      indexes: [{ collection: "messages", key: { chat: 1, _id: 1 } }],
    });
    const { exit } = await field.up();
    expect([0, 3]).toContain(exit);
    expect(new Set(await chatsOf(field))).toEqual(new Set(exit === 0 ? ["Ab"] : ["Ab", "aB", "ab"]));
  });
});

describe("a validator of the application", () => {
  const strict = {
    $jsonSchema: {
      additionalProperties: false,
      properties: { _id: {}, users: {}, createdAt: {}, updatedAt: {}, tags: {} },
    },
  };
  const strictMembers = {
    $jsonSchema: { additionalProperties: false, properties: { _id: {}, chat: {}, user: {}, readUpTo: {} } },
  };

  it("that lets no field of ours into chats is a problem, and the new version says so too", async () => {
    await using field = await fieldDatabase({
      model,
      data: tripled(),
      collections: { chats: { validator: strict } },
    });
    await expectRefused(field, "chats", "validator");
    await expect(createOrGetChat(field.app(), { participants: ["x", "y"] })).rejects.toBeInstanceOf(
      ChatError,
    );
  });

  it("that lets no mark of a fold into rows is a problem where rows are folded", async () => {
    const members = [1, 2, 3].map((number) => ({
      _id: id(number),
      chat: id(number),
      user: "a",
      readUpTo: number,
    }));
    await using field = await fieldDatabase({
      model: {
        ...model,
        references: [
          ...(model.references ?? []),
          { collection: "members", field: "chat", onConflict: "fold", fold: { readUpTo: "max" } },
        ],
      },
      data: { ...tripled(), members },
      collections: { members: { validator: strictMembers } },
      indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
    });
    await expectRefused(field, "members", "validator");
  });

  it.each([
    ["only warns", { validator: strict, validationAction: "warn" }],
    ["is off", { validator: strict, validationLevel: "off" }],
    ["lets our fields pass", { validator: { $jsonSchema: { required: ["users"] } } }],
  ])("that %s is no problem", async (_how, options) => {
    await using field = await fieldDatabase({ model, data: tripled(), collections: { chats: options } });
    expect(await field.plan()).toMatchObject({ problems: "" });
    await expectMergedAndBack(field);
  });

  it.each([
    ["that only warned", { validationAction: "warn" }],
    ["that was off for old documents", { validationLevel: "moderate" }],
  ])("%s goes on like that under the seal", async (_how, options) => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({
      model,
      data: { chats: chats.map((chat) => ({ ...chat, legacy: true })), messages },
      collections: { chats: { validator: { $jsonSchema: { required: ["owner"] } }, ...options } },
      collMod: true,
    });
    expect(await field.up({ to: "seal" })).toMatchObject({ exit: 0 });
    // What the application could write before, it can write still.
    await field.db.collection("chats").updateOne({ _id: id(1) }, { $set: { topic: "new" } });
    expect(await field.one("chats", id(1))).toMatchObject({ topic: "new" });
    await expect(
      field.db.collection("chats").insertOne({ users: ["c", "d"], owner: "c" }),
    ).rejects.toMatchObject({
      code: 121,
    });
    const again = await field.rollback({ to: "none" });
    expect(again).toMatchObject({ exit: 0 });
    const [info] = await field.db.listCollections({ name: "chats" }).toArray();
    expect(info).toMatchObject({
      options: { validator: { $jsonSchema: { required: ["owner"] } }, ...options },
    });
  });
});

describe("a unique index over what a merge folds", () => {
  it("of chats is a problem, by its name and its field", async () => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({
      model: { ...model, fold: { pairKey: "max" } },
      data: { chats: chats.map((chat, index) => ({ ...chat, pairKey: `k${index}` })), messages },
      indexes: [
        { collection: "chats", key: { pairKey: 1 }, options: { unique: true, name: "one_pair_key" } },
      ],
    });
    await expectRefused(field, "one_pair_key", "pairKey");
  });

  it("of rows is a problem, by its name and its field", async () => {
    const members = [1, 2, 3].map((number) => ({
      _id: id(number),
      chat: id(number),
      user: "a",
      token: `t${number}`,
    }));
    await using field = await fieldDatabase({
      model: {
        ...model,
        references: [
          ...(model.references ?? []),
          { collection: "members", field: "chat", onConflict: "fold", fold: { token: "max" } },
        ],
      },
      data: { ...tripled(), members },
      indexes: [
        { collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } },
        { collection: "members", key: { token: 1 }, options: { unique: true, name: "one_token" } },
      ],
    });
    await expectRefused(field, "members", "one_token", "token");
  });
});

describe("names of ours that the application has for itself", () => {
  const theirArchive: readonly Document[] = [
    { _id: id(500), title: "an old conversation" },
    { _id: id(501), title: "another" },
  ];
  const uniqueTitle = { collection: "chats_archive", key: { title: 1 }, options: { unique: true } } as const;

  it("as a collection are a problem, and recordsPrefix is the way out", async () => {
    const data = { ...tripled(), chats_archive: theirArchive };
    await using field = await fieldDatabase({ model, data, indexes: [uniqueTitle] });
    await expectRefused(field, "chats_archive", "recordsPrefix");
    await using prefixed = await fieldDatabase({
      model: { ...model, recordsPrefix: "oc_" },
      data,
      indexes: [uniqueTitle],
    });
    await expectMergedAndBack(prefixed, "chats_archive");
    const names = (await prefixed.db.listCollections({}, { nameOnly: true }).toArray()).map(
      ({ name }) => name,
    );
    expect(names).toContain("oc_chats_archive");
    expect(names).not.toContain("chat_merge_journal");
  });

  it.each<readonly [string, Document]>([
    ["aliases", { aliases: ["the gang"] }],
    ["mergedInto", { mergedInto: "an old ticket" }],
    ["mergedAt", { mergedAt: "never" }],
    ["releasedAt", { releasedAt: "2020-01-01" }],
    ["foldedFrom", { foldedFrom: 7 }],
  ])("as a field are told of, and recordsPrefix is the way out: %s", async (name, fields) => {
    await using field = await fieldDatabase({ model, data: tripled(fields) });
    const plan = await field.plan();
    expect(plan.text).toContain(name);
    expect(plan.text).toContain("recordsPrefix");
    expect(plan.exit).toBe(3);
    await using prefixed = await fieldDatabase({
      model: { ...model, recordsPrefix: "oc_" },
      data: tripled(fields),
    });
    expect(await prefixed.plan()).toMatchObject({ problems: "" });
    expect(await prefixed.up()).toMatchObject({ exit: 0 });
    expect(await prefixed.one("chats", id(2))).toMatchObject({ ...fields, oc_mergedInto: id(1) });
    expect(await resolveChatId(prefixed.app(), String(id(2)))).toBe(String(id(1)));
    expect(await prefixed.verify()).toMatchObject({ exit: 0 });
  });

  it("of a second collection of chats in one database are told apart by recordsPrefix", async () => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({ model, data: { chats, messages, tickets: chats } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const tickets: ChatModelInput = {
      ...model,
      chats: { ...model.chats, collection: "tickets" },
      references: [],
    };
    const second = await field.beside(tickets);
    expect(await second.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringContaining("recordsPrefix"),
    });
    expect(await second.up()).toMatchObject({ exit: 3 });
    const prefixed = await field.beside({ ...tickets, recordsPrefix: "tickets_" });
    expect(await prefixed.up()).toMatchObject({ exit: 0 });
    expect(await prefixed.verify()).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await prefixed.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});

describe("chats that the server deletes when their time is up", () => {
  it.each([
    ["by a date", { expiresAt: 1 }, { expireAfterSeconds: 0 }],
    ["by their last change", { updatedAt: 1 }, { expireAfterSeconds: 86_400, name: "forget_old_chats" }],
    [
      "some of them",
      { updatedAt: 1 },
      { expireAfterSeconds: 9, partialFilterExpression: { kind: "support" } },
    ],
  ] as const)("are told of: a survivor may go before its duplicate (%s)", async (_how, key, options) => {
    const hour = new Date(Date.now() + 3_600_000);
    await using field = await fieldDatabase({
      model,
      data: tripled({ expiresAt: hour, updatedAt: hour }),
      indexes: [{ collection: "chats", key, options }],
    });
    const name = "name" in options ? options.name : `${Object.keys(key)[0]}_1`;
    expect((await field.plan()).text).toContain(name);
  });
});

describe("a merge that is stopped by what nobody could see", () => {
  const fixedMessage = {
    // A message of the first chat that has been frozen where it is.
    $or: [{ frozen: { $ne: true } }, { chat: id(2) }],
  };

  async function withFrozenMessage(): Promise<FieldDatabase> {
    const data = tripled();
    return fieldDatabase({
      model,
      data: { ...data, messages: [...(data["messages"] ?? []), { _id: id(99), chat: id(2), frozen: true }] },
      collections: { messages: { validator: fixedMessage } },
    });
  }

  it("leaves the chat untouched, byte by byte, and the survivor's other duplicates in their place", async () => {
    await using field = await withFrozenMessage();
    const before = await field.image("chats", "messages");
    const loser = await field.one("chats", id(2));
    const messages = await field.all("messages", { chat: id(2) });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(2))).toEqual(loser);
    expect(await field.all("messages", { chat: id(2) })).toEqual(messages);
    expect(await field.one("chats", id(3))).toMatchObject({ mergedInto: id(1) });
    expect(await field.one("chats", id(1))).toMatchObject({
      aliases: [id(3)],
      tags: ["tag 1", "tag 3"],
      createdAt: new Date(997),
      updatedAt: new Date(1_003),
    });
    const [parked] = await parkedChats(field.migration);
    expect(parked).toMatchObject({ _id: id(2), reason: expect.stringMatching(/messages[^]*validat/i) });
    expect(await resolveChatId(field.app(), String(id(2)))).toBe(String(id(2)));
    expect(await field.verify()).toMatchObject({ exit: 6 });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });

  it("is tried again on demand once the cause is gone", async () => {
    await using field = await withFrozenMessage();
    await field.up();
    await field.db.collection("messages").updateOne({ _id: id(99) }, { $unset: { frozen: "" } });
    expect(await field.up({ retryParked: true })).toMatchObject({ exit: 0 });
    expect(new Set(await chatsOf(field))).toEqual(new Set([String(id(1))]));
    expect((await field.one("chats", id(1)))["tags"]).toEqual(
      expect.arrayContaining(["tag 1", "tag 2", "tag 3"]),
    );
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("before the tombstone leaves no alias behind", async () => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({
      model,
      data: { chats: chats.map((chat, index) => ({ ...chat, locked: index === 1 })), messages },
      collections: {
        chats: { validator: { $or: [{ locked: { $ne: true } }, { mergedInto: { $exists: false } }] } },
      },
    });
    const loser = await field.one("chats", id(2));
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(2))).toEqual(loser);
    expect(await field.one("chats", id(1))).toMatchObject({ aliases: [id(3)], tags: ["tag 1", "tag 3"] });
    expect(await explainChat(field.migration, String(id(2)))).toMatchObject({
      standing: "live",
      redirect: null,
    });
  });

  it("in the survivor's fold leaves the chat untouched", async () => {
    await using field = await fieldDatabase({
      model,
      data: tripled(),
      collections: { chats: { validator: { tags: { $nin: ["tag 2"] } }, validationLevel: "moderate" } },
    });
    const messages = await field.all("messages", { chat: id(2) });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(2))).not.toHaveProperty("mergedInto");
    expect(await field.all("messages", { chat: id(2) })).toEqual(messages);
    expect(await field.one("chats", id(1))).toMatchObject({ aliases: [id(3)], tags: ["tag 1", "tag 3"] });
  });
});

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
