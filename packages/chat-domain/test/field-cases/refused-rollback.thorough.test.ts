import { sampleOf } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { migrationContext, rollBack } from "../../src/migrate/index.ts";
import { dyingAfter } from "../migrate/dying-database.ts";
import { fieldDatabase, id } from "./field-database.ts";
import { mergedChats, model, notesOf, rolledBackUnder } from "./refused-rollback.ts";
import { withCollMod } from "./with-coll-mod.ts";

describe("a rollback that a validator refuses", () => {
  it.each<readonly [string, object]>([
    ["chats", { participantsKey: { $type: "string" } }],
    ["chats", { $or: [{ participantsKey: { $exists: true } }, { mergedInto: { $exists: true } }] }],
    ["chats", { $or: [{ n: { $gt: 1 } }, { mergedInto: { $exists: true } }] }],
    ["members", { user: { $ne: "w" } }],
    ["people", { rooms: { $nin: [id(2)] } }],
    ["lists", { "chats.name": { $exists: true } }],
  ])("says whose, forgets nothing, and goes on once it lets pass: %s", async (collection, validator) => {
    const { exits, text, isSame } = await rolledBackUnder(collection, validator);
    expect([exits, isSame]).toEqual([[1, 1, 0], true]);
    expect(text).toMatch(/cannot be written.*: the collection's validator refuses/);
    expect(text).toContain(`document of ${collection}`);
  });

  it("also where no chat had duplicates", async () => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null } },
      data: { chats: [{ _id: id(1), users: ["a"] }] },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const validator = { participantsKey: { $type: "string" } };
    await withCollMod(field.db).command({ collMod: "chats", validator });
    expect(await field.rollback({ to: "index" })).toMatchObject({ exit: 1 });
    await withCollMod(field.db).command({ collMod: "chats", validator: {} });
    expect(await field.rollback({ to: "index" })).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toEqual({ _id: id(1), users: ["a"] });
  });
});

describe("a row in whose place there is another", () => {
  it("comes back once that is gone, wherever a rollback died and was done again", async () => {
    const { offset, stride } = sampleOf(4, process.env);
    for (let dieAfter = offset; ; dieAfter += stride) {
      await using field = await mergedChats();
      const before = await field.image("chats", "messages", "people", "lists", "members");
      await field.up();
      await field.insert("members", { _id: 9, chat: id(2), user: "x" });
      const { died } = await dyingAfter(field.db, dieAfter, (db) =>
        rollBack(migrationContext(db, { model, graceMs: 0 }), { to: "none" }),
      );
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect([dieAfter, (await field.one("members", 0))["chat"]]).toEqual([dieAfter, id(1)]);
      await field.db.collection("members").deleteOne({ _id: 9 as never });
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect([dieAfter, await field.image("chats", "messages", "people", "lists", "members")]).toEqual([
        dieAfter,
        before,
      ]);
      if (!died) return;
    }
  });
});

it("takes nothing along that a later merge has found in its place", async () => {
  await using field = await mergedChats();
  await field.up();
  await field.insert("members", { _id: 9, chat: id(2), user: "x" });
  await field.rollback({ to: "none" });
  const between = await field.image("chats", "members");
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.verify()).toMatchObject({ exit: 0 });
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.image("chats", "members")).toEqual(between);
});

it("says which lists stay, where an index lets only one of them hold a chat", async () => {
  await using field = await mergedChats();
  const before = await field.image("people", "lists");
  await field.up();
  for (const [name, key] of [
    ["people", "rooms"],
    ["lists", "chats.id"],
  ] as const) {
    await field.db.collection(name).dropIndexes();
    await field.db.collection(name).createIndex({ [key]: 1 }, { unique: true });
  }
  await field.insert("people", { _id: 9, rooms: [id(2)] });
  await field.insert("lists", { _id: 9, chats: [{ id: id(2) }] });
  expect(notesOf((await field.rollback({ to: "none" })).events)).toEqual([
    expect.stringMatching(/^1 of the documents of people, such as 1,/),
    expect.stringMatching(/^1 of the documents of lists, such as 1,/),
  ]);
  for (const name of ["people", "lists"]) await field.db.collection(name).deleteOne({ _id: 9 as never });
  expect(notesOf((await field.rollback({ to: "none" })).events)).toEqual([]);
  for (const [name, key] of [
    ["people", "rooms"],
    ["lists", "chats.id"],
  ] as const) {
    await field.db.collection(name).dropIndexes();
    await field.db.collection(name).createIndex({ [key]: 1 });
  }
  expect(await field.image("people", "lists")).toEqual(before);
});
