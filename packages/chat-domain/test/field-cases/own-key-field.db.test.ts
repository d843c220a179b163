import { Long } from "mongodb";
import { describe, expect, it } from "vitest";
import {
  assertIndexes,
  ChatModel,
  type ChatModelInput,
  createOrGetChat,
  ensureIndexes,
  findChat,
  participantsKey,
} from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, type FieldIndex, id } from "./field-database.ts";

/** An application that has a `participantsKey` of its own: refused in words, and `keyField` is the way out. */
const direct: ChatModelInput = {
  chats: { participants: "users", scope: null, where: { isGroupChat: false } },
  references: [{ collection: "messages", field: "chat" }],
};
const besideTheirs: ChatModelInput = { ...direct, chats: { ...direct.chats, keyField: "chatKey" } };
const theirIndex: FieldIndex = {
  collection: "chats",
  key: { participantsKey: 1 },
  options: { unique: true, sparse: true },
};
const pair = { participants: ["a", "b"] };

function application(model: ChatModelInput, theirKey: unknown = "a_b"): Promise<FieldDatabase> {
  return fieldDatabase({
    model,
    data: {
      chats: [
        { _id: id(1), users: ["a", "b"], isGroupChat: false, participantsKey: theirKey },
        { _id: id(2), users: ["x", "y"], isGroupChat: false, participantsKey: participantsKey(["x", "y"]) },
      ],
      messages: [{ _id: id(9), chat: id(1) }],
    },
    indexes: [theirIndex],
  });
}

describe("values in the key's field that are no keys of ours", () => {
  it.each([
    ["text of the application", "a_b"],
    ["text that sorts before ours", "dm:a:b"],
    ["text that sorts after ours", "zulu"],
    ["a number", Long.fromNumber(4_711)],
    ["a document", { a: 1, b: 1 }],
    ["a list of one of our keys", [participantsKey(["a", "b"])]],
    ["null", null],
  ])(
    "such as %s are a problem, with keyField as the way out, and nothing is written",
    async (_name, value) => {
      await using field = await application(direct, value);
      const before = await field.image("chats", "messages");
      const plan = await field.plan();
      expect([plan.exit, plan.problems]).toEqual([3, expect.stringMatching(/participantsKey[^]*keyField/)]);
      for (const to of ["index", "backfill", "settle"] as const) {
        expect(await field.up({ to })).toMatchObject({ exit: 3, text: expect.stringContaining("keyField") });
      }
      expect(await field.image("chats", "messages")).toEqual(before);
    },
  );

  it("keep the new version from making a twin of every chat, and from calling itself ready", async () => {
    await using field = await application(direct);
    const app = field.app();
    await expect(createOrGetChat(app, pair)).rejects.toMatchObject({ code: "MODEL_MISMATCH" });
    await expect(createOrGetChat(app, { participants: ["new", "pair"] })).rejects.toMatchObject({
      code: "MODEL_MISMATCH",
    });
    expect(await field.all("chats")).toHaveLength(2);
    await expect(ensureIndexes(app)).rejects.toMatchObject({ code: "MODEL_MISMATCH" });
    await expect(assertIndexes(app)).rejects.toMatchObject({
      code: "MODEL_MISMATCH",
      message: expect.stringContaining("keyField"),
    });
  });

  it("do not keep existing chats from being served", async () => {
    await using field = await application(direct);
    const app = field.app();
    expect(await createOrGetChat(app, { participants: ["y", "x"] })).toMatchObject({
      created: false,
      chat: { id: String(id(2)) },
    });
    expect(await findChat(app, { participants: ["x", "y"] })).toMatchObject({ id: String(id(2)) });
  });

  it("that come from chats which `where` does not select are a problem as well: the index is of the collection", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: { chats: [{ _id: id(1), users: ["a", "b"], isGroupChat: true, participantsKey: "friends" }] },
      indexes: [theirIndex],
    });
    expect(await field.plan()).toMatchObject({ exit: 3 });
    await expect(createOrGetChat(field.app(), pair)).rejects.toMatchObject({ code: "MODEL_MISMATCH" });
  });
});

describe("keyField", () => {
  it("lets both keys live side by side", async () => {
    await using field = await application(besideTheirs);
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
    expect(await field.up({ to: "index" })).toMatchObject({ exit: 0 });
    expect(await createOrGetChat(field.app(), pair)).toMatchObject({
      created: false,
      chat: { id: String(id(1)) },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({
      participantsKey: "a_b",
      chatKey: participantsKey(["a", "b"]),
    });
    const made = await createOrGetChat(field.app(), {
      participants: ["a", "c"],
      set: { participantsKey: "a_c" },
    });
    expect(made).toMatchObject({ created: true });
    expect(await field.all("chats", { participantsKey: "a_c" })).toMatchObject([
      { chatKey: participantsKey(["a", "c"]), users: ["a", "c"] },
    ]);
    expect(await field.verify()).toMatchObject({ exit: 0 });
    // The old version opens its chat as ever.
    const old = await field.db
      .collection("chats")
      .findOneAndUpdate(
        { participantsKey: "a_b" },
        { $setOnInsert: { users: ["a", "b"], isGroupChat: false } },
        { upsert: true, returnDocument: "after" },
      );
    expect(old?._id).toEqual(id(1));
  });

  it("gives back every byte by a rollback to none", async () => {
    await using field = await fieldDatabase({
      model: besideTheirs,
      data: {
        chats: [
          { _id: id(1), users: ["a", "b"], isGroupChat: false },
          { _id: id(2), users: ["b", "a"], isGroupChat: false, participantsKey: "a_b" },
          { _id: id(3), users: ["b", "a"], isGroupChat: false, participantsKey: "b_a" },
        ],
        messages: [1, 2, 3].map((number) => ({ _id: id(number), chat: id(number) })),
      },
      indexes: [theirIndex],
    });
    const before = await field.image("chats", "messages");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect((await field.all("messages")).map(({ chat }) => String(chat))).toEqual(
      Array(3).fill(String(id(1))),
    );
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });

  it.each(["_id", "users", "mergedInto", "isGroupChat", "a.b", ""])(
    'is refused where it is no field for a key: "%s"',
    async (keyField) => {
      expect(ChatModel.parse(besideTheirs)).toMatchObject({ chats: { keyField: "chatKey" } });
      await expect(
        fieldDatabase({ model: { ...direct, chats: { ...direct.chats, keyField } } }),
      ).rejects.toThrow(/keyField/);
    },
  );
});

describe("another unique index that contains the key's field", () => {
  const scoped: ChatModelInput = {
    chats: { participants: "users", scope: "listing" },
    references: [{ collection: "messages", field: "chat" }],
  };

  it("of a marketplace ends the run before it has begun, instead of never", async () => {
    await using field = await fieldDatabase({
      model: scoped,
      data: {
        chats: [
          { _id: id(1), users: ["a", "b"], listing: "bike", participantsKey: "a_b" },
          { _id: id(2), users: ["a", "b"], listing: "car", participantsKey: "a_b" },
          { _id: id(3), users: ["b", "a"], listing: "car", participantsKey: "b_a" },
        ],
        messages: [],
      },
      indexes: [{ collection: "chats", key: { listing: 1, participantsKey: 1 }, options: { unique: true } }],
    });
    const before = await field.image("chats");
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringContaining("listing_1_participantsKey_1")]);
    expect(await field.up()).toMatchObject({ exit: 3 });
    expect(await field.image("chats")).toEqual(before);
  });

  it("of a marketplace with keyField: its own index judges its own key, ours judges ours", async () => {
    await using field = await fieldDatabase({
      model: { ...scoped, chats: { ...scoped.chats, keyField: "chatKey" } },
      data: {
        chats: [
          { _id: id(1), users: ["a", "b"], listing: "bike", participantsKey: "a_b" },
          { _id: id(2), users: ["a", "b"], listing: "car", participantsKey: "a_b" },
          { _id: id(3), users: ["b", "a"], listing: "car", participantsKey: "b_a" },
        ],
        messages: [{ _id: id(3), chat: id(3) }],
      },
      indexes: [{ collection: "chats", key: { listing: 1, participantsKey: 1 }, options: { unique: true } }],
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("messages", id(3))).toMatchObject({ chat: id(2) });
    expect(await field.one("chats", id(1))).not.toHaveProperty("mergedInto");
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it.each([
    ["after the key", { participantsKey: 1, isGroupChat: 1 }, {}],
    [
      "for text only",
      { org: 1, participantsKey: 1 },
      { partialFilterExpression: { participantsKey: { $type: "string" } } },
    ],
  ] as const)("is named whatever its shape: %s", async (_shape, key, options) => {
    await using field = await fieldDatabase({
      model: direct,
      data: {
        chats: [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"], isGroupChat: false })),
        messages: [],
      },
      indexes: [{ collection: "chats", key, options: { ...options, unique: true, name: "theirs" } }],
    });
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringContaining("theirs")]);
  });
});

it("may not become another field while there are keys: nobody would take the first ones away", async () => {
  const chats = [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"], isGroupChat: false }));
  await using field = await fieldDatabase({ model: direct, data: { chats, messages: [{ chat: id(2) }] } });
  const before = await field.image("chats", "messages");
  expect(await field.up()).toMatchObject({ exit: 0 });
  const merged = await field.image("chats", "messages");
  const other = field.beside(besideTheirs);
  const refused = { exit: 3, text: expect.stringContaining('go on with "keyField": "participantsKey"') };
  expect(await other.plan()).toMatchObject({ exit: 3 });
  expect(await other.up()).toMatchObject(refused);
  expect(await other.rollback({ to: "none" })).toMatchObject(refused);
  expect(await field.image("chats", "messages")).toEqual(merged);
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.image("chats", "messages")).toEqual(before);
  expect(await other.up()).toMatchObject({ exit: 0 });
  const text = expect.stringContaining("chats.keyField participantsKey (there: chatKey)");
  await expect(ensureIndexes(field.app())).rejects.toMatchObject({ code: "MODEL_MISMATCH", message: text });
});
