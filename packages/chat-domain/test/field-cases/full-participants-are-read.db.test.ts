import { describe, expect, it } from "vitest";
import {
  type ChatModelInput,
  createOrGetChat,
  ensureIndexes,
  findChat,
  participantsKey,
} from "../../src/index.ts";
import { explainChat, migrateUp, migrationContext, parkedChats } from "../../src/migrate/index.ts";
import { beforeEveryWrite } from "../before-every-write.ts";
import { interruptedDatabase } from "../migrate/interrupted-database.ts";
import { type FieldDatabase, fieldDatabase, type FieldIndex, id } from "./field-database.ts";

/** Who a chat is of is read in one way: the whole array, with elements that are no documents as well. */
const model: ChatModelInput = {
  chats: { participants: "members.user", scope: null },
  references: [{ collection: "messages", field: "chat" }],
};
const keyIndex: FieldIndex = {
  collection: "chats",
  key: { participantsKey: 1 },
  options: { unique: true, sparse: true },
};

async function parkedIds(field: FieldDatabase): Promise<readonly string[]> {
  return (await parkedChats(field.migration)).map(({ _id }) => String(_id));
}

const numbersOf = (...numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => String(id(number)));

describe("elements of the members' array that are no documents", () => {
  it("are people that cannot be read: such chats are set aside, and no message changes its chat", async () => {
    await using field = await fieldDatabase({
      model,
      data: {
        chats: [
          { _id: id(1), members: [{ user: "z1" }, { user: "z2" }] },
          { _id: id(2), members: [{ user: "alice" }, "bob"] },
          { _id: id(3), members: [{ user: "alice" }, "carol"] },
          { _id: id(4), members: [{ user: "dora" }, null] },
          { _id: id(5), members: [{ user: "dora" }, null] },
        ],
        messages: [1, 2, 3, 4, 5].map((number) => ({ _id: id(number), chat: id(number) })),
      },
    });
    const before = await field.all("messages");
    const { exit, plan } = await field.plan();
    expect([exit, plan.duplicates.losers, plan.invalid.reduce((sum, { chats }) => sum + chats, 0)]).toEqual([
      6, 0, 4,
    ]);
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await parkedIds(field)).toEqual(numbersOf(2, 3, 4, 5));
    expect(await field.all("messages")).toEqual(before);
    expect(await field.all("chats", { mergedInto: { $exists: true } })).toEqual([]);
    expect(await field.verify()).toMatchObject({ exit: 6 });
    expect(await findChat(field.app(), { participants: ["alice"] })).toBeNull();
    expect(await createOrGetChat(field.app(), { participants: ["dora"] })).toMatchObject({ created: true });
  });

  it("in every chat there is make plan say one thing: none has valid ids, and none is double", async () => {
    await using field = await fieldDatabase({
      model,
      data: {
        chats: Array.from({ length: 8 }, (_, number) => ({
          _id: id(number),
          members: [{ user: "alice" }, `friend ${number}`],
        })),
        messages: [],
      },
    });
    const { problems, plan } = await field.plan();
    expect([problems, plan.duplicates]).toEqual([
      expect.stringContaining("members.user"),
      expect.objectContaining({ groups: 0, losers: 0 }),
    ]);
  });

  it.each([
    ["a number", 42],
    ["an ObjectId", id(7)],
    ["a date", new Date(0)],
    ["true", true],
    ["an array of documents", [{ user: "bob" }]],
  ])("are seen whatever they are: %s", async (_name, element) => {
    await using field = await fieldDatabase({
      model,
      data: {
        chats: [
          { _id: id(1), members: [{ user: "alice" }] },
          { _id: id(2), members: [{ user: "alice" }, element] },
        ],
        messages: [{ _id: id(2), chat: id(2) }],
      },
    });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await parkedIds(field)).toEqual(numbersOf(2));
    expect(await field.one("messages", id(2))).toMatchObject({ chat: id(2) });
  });

  it("below a dotted path are seen as well", async () => {
    await using field = await fieldDatabase({
      model: { ...model, chats: { ...model.chats, participants: "meta.members.user" } },
      data: {
        chats: [
          { _id: id(1), meta: { topic: "one", members: [{ user: "alice" }, "bob"] } },
          { _id: id(2), meta: { topic: "two", members: [{ user: "alice" }, "carol"] } },
          { _id: id(3), meta: { members: [{ user: "erin" }, { user: "frank" }] } },
        ],
        messages: [{ _id: id(2), chat: id(2) }],
      },
    });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await parkedIds(field)).toEqual(numbersOf(1, 2));
    expect(await field.one("messages", id(2))).toMatchObject({ chat: id(2) });
  });
});

describe("people in DBRefs, however those are written", () => {
  const refs = { chats: { participants: "members.user.$id", scope: null } } as const;
  const ref = ($id: string) => ({ user: { $ref: "users", $id } });
  // The driver reads all of them, and would write them in one way.
  const turned = ($id: string) => ({ joined: 1, user: { $id, $ref: "users" } });

  it("are claimed, merged and followed", async () => {
    await using field = await fieldDatabase({
      model: refs,
      data: {
        chats: [
          { _id: id(1), members: [turned("a"), turned("b")] },
          { _id: id(2), members: [ref("b"), turned("a")] },
          { _id: id(3), members: [turned("a"), turned("c")] },
        ],
      },
    });
    const app = field.app();
    await ensureIndexes(app);
    const claimed = await createOrGetChat(app, {
      participants: ["a", "c"],
      member: { user: { $ref: "users" } },
    });
    expect(claimed).toMatchObject({ created: false, chat: { id: String(id(3)) } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(2))).toMatchObject({ mergedInto: id(1) });
    await field.change("chats", id(3), { $push: { members: turned("d") } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(3))).toMatchObject({
      participantsKey: participantsKey(["a", "c", "d"]),
    });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});

describe("a chat that holds the key of those of its people that a path shows", () => {
  const key = participantsKey(["alice"]);

  it("is told of by verify, and loses the key to the chat whose it is", async () => {
    await using field = await fieldDatabase({
      model,
      data: {
        chats: [
          { _id: id(1), members: [{ user: "alice" }, "bob"], participantsKey: key },
          { _id: id(2), members: [{ user: "alice" }] },
        ],
        messages: [{ _id: id(2), chat: id(2) }],
      },
      indexes: [keyIndex],
    });
    const told = await field.verify();
    expect(told.exit).toBe(5);
    expect(told.chats).toContain(String(id(1)));
    expect(await explainChat(field.migration, String(id(1)))).toMatchObject({ key: { right: false } });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(2))).toMatchObject({ participantsKey: key });
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
    expect(await field.one("messages", id(2))).toMatchObject({ chat: id(2) });
  });

  it("is not what a merged duplicate becomes before it is purged: a tombstone is looked at in full", async () => {
    await using field = await fieldDatabase({
      model,
      data: {
        chats: [
          { _id: id(1), members: [{ user: "alice" }] },
          { _id: id(2), members: [{ user: "alice" }] },
        ],
        messages: [{ _id: id(2), chat: id(2) }],
      },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    await field.change("chats", id(2), { $push: { members: "bob" } });
    await field.insert("messages", { _id: id(3), chat: id(2) });
    await field.purge();
    expect(await field.one("chats", id(2))).toMatchObject({ members: [{ user: "alice" }, "bob"] });
    expect(await field.one("messages", id(3))).toMatchObject({ chat: id(2) });
  });
});

describe("somebody who cannot be read, and joins between the look at a chat and the key's being set", () => {
  const legacy = [{ _id: id(1), members: [{ user: "alice" }, { user: "bob" }] }];
  const people = ["alice", "bob"];

  it.each([
    ["text", "carol"],
    ["null", null],
    ["a list", [{ user: "alice" }]],
  ] as const)("as %s makes another chat of it for create-or-get", async (_how, member) => {
    await using field = await fieldDatabase({ model, data: { chats: legacy } });
    await field.up({ to: "index" });
    const app = beforeEveryWrite(field.app(), () =>
      field.change("chats", id(1), { $addToSet: { members: member } }),
    );
    expect(await createOrGetChat(app, { participants: people })).toMatchObject({ created: true });
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
  });

  it("makes another chat of it for backfill, whatever `where` demands", async () => {
    const careful = { ...model, chats: { ...model.chats, where: { closed: { $ne: true } } } };
    await using field = await fieldDatabase({ model: careful, data: { chats: legacy } });
    const joining = interruptedDatabase(field.db, async (command) => {
      if (command["update"] === "chats")
        await field.change("chats", id(1), { $addToSet: { members: "carol" } });
    });
    await migrateUp(migrationContext(joining, { model: careful, graceMs: 0 }), {
      createReferenceIndexes: true,
    });
    expect(await field.one("chats", id(1))).not.toHaveProperty("participantsKey");
    expect(await parkedIds(field)).toEqual(numbersOf(1));
  });
});
