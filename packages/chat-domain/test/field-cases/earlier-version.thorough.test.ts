import { type Document, MongoServerError } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat, resolveChatId } from "../../src/index.ts";
import { parkedChats } from "../../src/migrate/index.ts";
import { type DatabaseDump, loadDump, readDump } from "./database-dump.ts";
import { application, applicationCollections, earlierModel, ownKeyModel } from "./earlier-application.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/**
 * Databases as an earlier version of the migrator has left them, in whatever state it was stopped: they are gone on
 * with, to the same end, and can be taken back to the last byte. `earlier-version/*.json` are such databases.
 */
async function left(
  dump: DatabaseDump,
  model: ChatModelInput = earlierModel,
  collMod = false,
): Promise<FieldDatabase> {
  const field = await fieldDatabase({ model, isIndexed: false, collMod });
  await loadDump(field.db, dump);
  return field;
}

async function applicationImage(): Promise<unknown> {
  await using field = await left(application);
  return await field.image(...applicationCollections);
}

/** What has to be true once the three chats of the pair are one. */
async function expectMerged(field: FieldDatabase): Promise<void> {
  const merged = readDump("merged");
  for (const name of ["messages", "members", "folders"]) {
    const ids = (documents: readonly Document[]): unknown =>
      documents.map(({ _id, chat, chatId, chats }) => JSON.stringify({ _id, chat, chatId, chats }));
    expect(ids(await field.all(name))).toEqual(ids(merged[name]?.documents ?? []));
  }
  const survivor = await field.one("chats", id(1));
  expect(survivor).toMatchObject({
    tags: ["first", "second"],
    createdAt: new Date(997),
    updatedAt: new Date(1_003),
    latest: "message 3",
    messageCount: 3,
  });
  expect((survivor["aliases"] as unknown[]).map(String).toSorted()).toEqual([2, 3].map((n) => String(id(n))));
  expect((await field.one("members", id(21)))["readUpTo"]).toEqual(9);
  for (const number of [2, 3]) {
    expect(await resolveChatId(field.app(), String(id(number)))).toBe(String(id(1)));
  }
  expect((await parkedChats(field.migration)).map(({ _id }) => String(_id))).toEqual([String(id(5))]);
  const { exit, chats } = await field.verify();
  expect([exit, chats]).toEqual([6, [String(id(5))]]);
}

describe.each(["planned", "tombstone", "half-moved", "merged", "purged"])("a database left %s", (state) => {
  it("is gone on with to the same end, once and for all", async () => {
    await using field = await left(readDump(state));
    expect(await field.up()).toMatchObject({ exit: 6 });
    await expectMerged(field);
    const done = await field.image(...applicationCollections);
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.image(...applicationCollections)).toEqual(done);
    expect(await createOrGetChat(field.app(), { participants: ["b", "a"] })).toMatchObject({
      created: false,
      chat: { id: String(id(1)) },
    });
  });

  it("gets every byte back by a rollback to none, before and after going on", async () => {
    const original = await applicationImage();
    await using field = await left(readDump(state));
    expect([0, 6]).toContain((await field.rollback({ to: "none" })).exit);
    expect(await field.image(...applicationCollections)).toEqual(original);
    await using later = await left(readDump(state));
    await later.up();
    await later.purge();
    expect([0, 6]).toContain((await later.rollback({ to: "none" })).exit);
    expect(await later.image(...applicationCollections)).toEqual(original);
  });
});

describe("a database left half undone", () => {
  it("is undone before anything else, to the last byte", async () => {
    const original = await applicationImage();
    await using field = await left(readDump("half-undone"));
    expect(await field.up()).toMatchObject({ exit: 3, text: expect.stringContaining("rollback") });
    expect([0, 6]).toContain((await field.rollback({ to: "none" })).exit);
    expect(await field.image(...applicationCollections)).toEqual(original);
  });
});

describe("a database left sealed", () => {
  it("goes on, lets a chat be released, and is unsealed by a rollback", async () => {
    const original = await applicationImage();
    await using field = await left(readDump("sealed"), earlierModel, true);
    expect(await field.up({ to: "seal" })).toMatchObject({ exit: 6 });
    await expectMerged(field);
    await expect(
      field.db.collection("chats").insertOne({ users: ["x", "y"], isGroupChat: false }),
    ).rejects.toBeInstanceOf(MongoServerError);
    // A chat without a key is written where its key was lost by drift or given up on purpose.
    await field.db
      .collection("chats")
      .updateOne({ _id: id(4) }, { $unset: { participantsKey: "" }, $set: { releasedAt: new Date(0) } });
    expect(await field.one("chats", id(4))).not.toHaveProperty("participantsKey");
    expect([0, 6]).toContain((await field.rollback({ to: "none" })).exit);
    await field.change("chats", id(4), { $unset: { releasedAt: "" } });
    expect(await field.image(...applicationCollections)).toEqual(original);
    const [info] = await field.db.listCollections({ name: "chats" }).toArray();
    expect(JSON.stringify(info)).not.toContain("mergedInto");
  });

  it("gets over the loss of its index, with a chat that was made meanwhile", async () => {
    await using field = await left(readDump("sealed"), earlierModel, true);
    const { participantsKey } = await field.one("chats", id(4));
    await field.db.collection("chats").dropIndex("participantsKey_unique");
    await field.insert("chats", { _id: id(6), users: ["d", "c"], isGroupChat: false, participantsKey });
    await field.insert("messages", { _id: id(16), chat: id(6), text: "six" });
    expect(await field.up({ to: "index" })).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(4))).toMatchObject({ participantsKey });
    expect(await field.one("chats", id(6))).not.toHaveProperty("participantsKey");
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("messages", id(16))).toMatchObject({ chat: id(4) });
    expect((await field.verify()).chats).toEqual([String(id(5))]);
  });
});

describe("a fold that changed nothing, of the version that left no marks", () => {
  it("is undone without a byte of the survivor changed", async () => {
    const muted = { users: ["a", "b"], isMuted: true };
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", participantType: "string" }, fold: { isMuted: "every" } },
      data: { chats: [1, 2].map((number) => ({ _id: id(number), ...muted, color: number })) },
    });
    const original = await field.image("chats");
    await field.up();
    await field.db.collection("chats_archive").updateMany({}, { $unset: { seq: "", folded: "" } });
    await field.change("chats", id(1), { $unset: { foldedFrom: "" } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(original);
  });
});

describe("a merge that began with other folds or references", () => {
  it.each<readonly [string, ChatModelInput]>([
    ["folds", { ...earlierModel, fold: { ...earlierModel.fold, color: "max" } }],
    ["references", { ...earlierModel, references: earlierModel.references?.slice(0, 2) }],
  ])("keeps up from beginning with new %s, and says so", async (_what, model) => {
    await using field = await left(readDump("half-moved"), model);
    const before = await field.image(...applicationCollections);
    const { exit, text } = await field.up();
    expect([exit, text]).toEqual([3, expect.stringMatching(/unfinished|began|begun/)]);
    expect(await field.image(...applicationCollections)).toEqual(before);
  });
});

describe("the application's own keys, which the earlier version took over", () => {
  it("stood twice: a rollback ends, the first gets its key back, and the other is told of", async () => {
    await using field = await left(readDump("two-own-keys"), ownKeyModel);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 6 });
    expect([0, 6]).toContain((await field.rollback({ to: "none" })).exit);
    expect(await field.one("chats", "theirs")).toMatchObject({ participantsKey: "a_b" });
    expect(await field.one("chats", "their-second")).not.toHaveProperty("participantsKey");
    const messages = await field.all("messages");
    expect(messages.map(({ _id, chat }) => [_id, chat] as unknown)).toEqual([
      ["m1", "theirs"],
      ["m2", "their-second"],
    ]);
    expect(await field.all("chats", { mergedInto: { $exists: true } })).toEqual([]);
  });

  it("come anew from the old version: up refuses them, and a rollback still ends", async () => {
    await using field = await left(readDump("merged"));
    await field.insert("chats", {
      _id: id(6),
      users: ["x", "y"],
      isGroupChat: false,
      participantsKey: "x_y",
    });
    expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("keyField") });
    expect(await field.up()).toMatchObject({ exit: 3 });
    expect([0, 6]).toContain((await field.rollback({ to: "none" })).exit);
    expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: "a_b" });
    expect(await field.one("chats", id(6))).toMatchObject({ participantsKey: "x_y" });
  });
});
