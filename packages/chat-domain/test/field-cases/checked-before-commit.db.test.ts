import { describe, expect, it } from "vitest";
import { ChatError, createOrGetChat } from "../../src/index.ts";
import { direct } from "./direct-chats.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";
import { chatsOf, expectMergedAndBack, expectRefused, model, tripled } from "./tripled-chats.ts";

/** What can stop a merge is looked at before anything is written. */

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
      data: { chats, messages: chats.map(({ _id }, number) => ({ _id: number, chat: _id })) },
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
    ["that was off", { validationLevel: "off" }],
  ] as const)("%s goes on like that under the seal", async (_how, options) => {
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

describe("a strict validator of the application under the seal", () => {
  const others = { $jsonSchema: { required: ["users"] } };
  const isSealed = (field: FieldDatabase) =>
    expect(
      field.db.collection("chats").insertOne({ users: ["c", "d"], isGroupChat: false }),
    ).rejects.toMatchObject({ code: 121 });

  it("lets nobody be shut out: a parked chat can still be written to, and is what it was after a rollback", async () => {
    const parked = { _id: id(9), users: ["a", null], isGroupChat: false };
    await using field = await fieldDatabase({
      model: direct,
      data: { chats: [parked, { _id: id(1), users: ["a", "b"], isGroupChat: false }] },
      collections: { chats: { validator: others } },
      collMod: true,
    });
    expect(await field.up({ to: "seal" })).toMatchObject({ exit: 6 });
    await isSealed(field);
    await field.db.collection("chats").updateOne({ _id: id(9) }, { $set: { topic: "still here" } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(9))).toEqual({ ...parked, topic: "still here" });
  });

  it("is sealed again where somebody has turned it off or lets it only warn, and its own part stays", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: { chats: [{ _id: id(1), users: ["a", "b"], isGroupChat: false }] },
      collections: { chats: { validator: others } },
      collMod: true,
    });
    expect(await field.up({ to: "seal" })).toMatchObject({ exit: 0 });
    for (const off of [{ validationAction: "warn" }, { validationLevel: "off" }]) {
      const [info] = await field.db.listCollections({ name: "chats" }).toArray();
      const { options } = info as { options?: object };
      await field.migration.db.command({ collMod: "chats", ...options, ...off });
      expect(await field.up({ to: "seal" })).toMatchObject({ exit: 0 });
      await isSealed(field);
      await expect(field.db.collection("chats").insertOne({ isGroupChat: true })).rejects.toMatchObject({
        code: 121,
      });
    }
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    const [info] = await field.db.listCollections({ name: "chats" }).toArray();
    expect(info).toMatchObject({ options: { validator: others } });
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
