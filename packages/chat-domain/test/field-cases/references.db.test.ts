import { DBRef } from "mongodb";
import { describe, expect, it } from "vitest";
import { resolveChatId } from "../../src/index.ts";
import { migrateUp } from "../../src/migrate/index.ts";
import { interruptedDatabase } from "../migrate/interrupted-database.ts";
import { fieldDatabase, id } from "./field-database.ts";
import { databaseWith, mergedAndBack, pair, upperCased } from "./referred-chats.ts";

/** What refers to a chat follows it, in whatever form; what cannot is told of before anything is written. */

describe("a reference that holds something else than ids", () => {
  it.each([
    ["a DBRef", new DBRef("chats", id(2))],
    ["a document with the id", { _id: id(2) }],
    ["the id as text in upper case", String(upperCased).toUpperCase()],
    ["the id in an array in an array", [[id(2)]]],
  ])("is a problem where it names a duplicate: %s", async (_name, value) => {
    const data = {
      chats: [...pair, { _id: upperCased, users: ["a", "b"] }],
      messages: [
        { _id: id(8), chat: id(1) },
        { _id: id(9), chat: value },
      ],
    };
    await using field = await databaseWith([{ collection: "messages", field: "chat" }], data);
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringContaining("messages.chat")]);
    expect(await field.up()).toMatchObject({ exit: 3 });
    expect(await field.one("messages", id(9))).toMatchObject({ chat: value });
  });

  it("is a problem where none of its values is a chat's id: rooms whose messages hold roomId", async () => {
    const rooms = [
      { _id: id(1), roomId: "r1", users: ["a", "b"] },
      { _id: id(2), roomId: "r2", users: ["b", "a"] },
    ];
    const messages = ["r1", "r2", "r2"].map((roomId, number) => ({ _id: id(10 + number), roomId }));
    await using field = await databaseWith([{ collection: "messages", field: "roomId" }], {
      chats: rooms,
      messages,
    });
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringContaining("messages.roomId")]);
  });

  it.each([
    ["an empty collection", []],
    ["a field that no document has", [{ _id: id(9), text: "hi" }]],
    [
      "null, and empty text",
      [
        { _id: id(8), chat: null },
        { _id: id(9), chat: "" },
      ],
    ],
  ])("is no problem, but worth a warning, where it holds no values: %s", async (_name, messages) => {
    await using field = await databaseWith([{ collection: "messages", field: "chat" }], { messages });
    const plan = await field.plan();
    expect([plan.exit, plan.warnings]).toEqual([0, expect.stringContaining("messages")]);
    expect(await field.up()).toMatchObject({ exit: 0 });
  });
});

describe("a reference that is described", () => {
  it("as `chat.$id` of a DBRef follows its chat", async () => {
    const messages = [1, 2, 3].map((number) => ({ _id: id(number), chat: new DBRef("chats", id(number)) }));
    await using field = await databaseWith([{ collection: "messages", field: "chat.$id" }], { messages });
    const merged = await mergedAndBack(field, "messages");
    expect(merged.map(({ chat }) => String((chat as DBRef).oid))).toEqual(
      [1, 1, 3].map((number) => String(id(number))),
    );
  });

  it.each<readonly [string, string, (number: number) => unknown]>([
    ["ids", "chats", id],
    ["documents", "chats.of", (number) => ({ of: id(number) })],
  ])(
    "as a list of %s that names several duplicates follows all of them at once",
    async (_of, field, entry) => {
      const chats = ["a", "b", "c"].flatMap((user, at) =>
        [1, 2].map((copy) => ({ _id: id(copy * 10 + at), users: [user] })),
      );
      const folders = [{ _id: id(1), chats: [20, 21, 22].map(entry) }];
      await using database = await databaseWith([{ collection: "folders", field }], { chats, folders });
      const before = await database.image("chats", "folders");
      const { events } = await database.up();
      expect(events).toContainEqual(
        expect.objectContaining({
          event: "phase.end",
          phase: "settle",
          counts: expect.objectContaining({ merged: 3, stragglers: 0 }),
        }),
      );
      expect(await database.one("folders", id(1))).toEqual({
        _id: id(1),
        chats: [10, 11, 12].map(entry),
      });
      expect(await database.verify()).toMatchObject({ exit: 0 });
      expect(await database.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await database.image("chats", "folders")).toEqual(before);
    },
  );

  it("with toField names another field of the chat than its _id", async () => {
    const rooms = [
      { _id: id(1), roomId: "r1", users: ["a", "b"] },
      { _id: id(2), roomId: "r2", users: ["b", "a"] },
      { _id: id(3), roomId: "r3", users: ["x", "y"] },
    ];
    const messages = ["r1", "r2", "r2", "r3"].map((roomId, number) => ({ _id: id(10 + number), roomId }));
    await using field = await databaseWith(
      [{ collection: "messages", field: "roomId", toField: "roomId" }],
      { chats: rooms, messages },
      { indexes: [{ collection: "chats", key: { roomId: 1 } }] },
    );
    const merged = await mergedAndBack(field, "messages");
    expect(merged.map(({ roomId }) => roomId as string)).toEqual(["r1", "r1", "r1", "r3"]);
    // Purged by now: a deep link of old still leads to the chat.
    expect(await resolveChatId(field.app(), "r2", { field: "roomId" })).toBe("r1");
    expect(await resolveChatId(field.app(), "r3", { field: "roomId" })).toBe("r3");
  });

  it("with toField names a field that lies beside the people", async () => {
    const chats = [1, 2].map((number) => ({
      _id: id(number),
      room: { id: `r${number}`, members: ["a", "b"].map((user) => ({ user })) },
    }));
    const messages = [1, 2].map((number) => ({ _id: id(10 + number), room: `r${number}` }));
    await using field = await fieldDatabase({
      model: {
        chats: { participants: "room.members.user", scope: null },
        references: [{ collection: "messages", field: "room", toField: "room.id" }],
      },
      data: { chats, messages },
      indexes: [{ collection: "chats", key: { "room.id": 1 } }],
    });
    expect((await mergedAndBack(field, "messages")).map(({ room }) => room as unknown)).toEqual(["r1", "r1"]);
  });

  it("with toField is a problem where a duplicate has no such value, or where the field has no index", async () => {
    const rooms = [
      { _id: id(1), roomId: "r1", users: ["a", "b"] },
      { _id: id(2), users: ["b", "a"] },
    ];
    const references = [{ collection: "messages", field: "roomId", toField: "roomId" }];
    const messages = [{ _id: id(9), roomId: "r1" }];
    const indexes = [{ collection: "chats", key: { roomId: 1 } }] as const;
    await using lacking = await databaseWith(references, { chats: rooms, messages }, { indexes });
    expect(await lacking.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("roomId") });
    const complete = rooms.map((room, number) => ({ ...room, roomId: `r${number}` }));
    await using unindexed = await databaseWith(references, { chats: complete, messages });
    const plan = await unindexed.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringMatching(/roomId[^]*index|index[^]*roomId/)]);
  });

  const byRoom = [{ collection: "messages", field: "roomId", toField: "roomId" }];
  const roomIndex = { indexes: [{ collection: "chats", key: { roomId: 1 } }] } as const;

  it.each([
    ["no such value", {}],
    ["null", { roomId: null }],
    ["an array", { roomId: ["r1"] }],
    ["a document", { roomId: { id: "r1" } }],
  ])("with toField is a problem where a survivor has %s there: nothing could follow", async (_name, room) => {
    const chats = [
      { _id: id(1), ...room, users: ["a", "b"] },
      { _id: id(2), roomId: "r2", users: ["b", "a"] },
    ];
    const messages = [{ _id: id(9), roomId: "r2" }];
    await using field = await databaseWith(byRoom, { chats, messages }, roomIndex);
    expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("roomId") });
  });

  it.each([
    ["the duplicate's", "r2"],
    ["the survivor's", "r1"],
  ])("with toField is a problem where a chat of others has the same value: %s", async (_whose, roomId) => {
    const chats = [
      { _id: id(1), roomId: "r1", users: ["a", "b"] },
      { _id: id(2), roomId: "r2", users: ["b", "a"] },
      { _id: id(4), roomId: "r2", users: ["a", "b"] },
    ];
    const messages = chats.map((chat, number) => ({ _id: id(10 + number), roomId: chat.roomId }));
    await using field = await databaseWith(byRoom, { chats, messages }, roomIndex);
    expect(await field.plan()).toMatchObject({ exit: 0 });
    expect(await field.up({ to: "backfill" })).toMatchObject({ exit: 0 });
    await field.insert("chats", { _id: id(3), roomId, users: ["a", "c"] });
    const told = await field.plan();
    expect([told.exit, told.problems]).toEqual([3, expect.stringMatching(/roomId[^]*000003/)]);
  });

  it("with toField sets a duplicate aside whose value a chat of others has got since", async () => {
    const chats = [
      { _id: id(1), roomId: "r1", users: ["a", "b"] },
      { _id: id(2), roomId: "r2", users: ["b", "a"] },
    ];
    const messages = [{ _id: id(9), roomId: "r2" }];
    await using field = await databaseWith(byRoom, { chats, messages }, roomIndex);
    const joining = interruptedDatabase(field.db, async (command) => {
      if (command["update"] !== "chat_merge_journal" && command["insert"] !== "chat_merge_journal") return;
      await field.db
        .collection("chats")
        .updateOne({ _id: id(3) }, { $setOnInsert: { roomId: "r2", users: ["a", "c"] } }, { upsert: true });
    });
    const end = await migrateUp({ ...field.migration, db: joining });
    expect(end).toMatchObject({ outcome: "parked" });
    expect(await field.one("messages", id(9))).toMatchObject({ roomId: "r2" });
    expect(await field.one("chats", id(2))).toEqual(chats[1]);
  });

  it("with toField moves nothing where duplicates hold the same value", async () => {
    const rooms = [1, 2].map((number) => ({ _id: id(number), slug: "a-and-b", users: ["a", "b"] }));
    const messages = [{ _id: id(9), slug: "a-and-b" }];
    await using field = await databaseWith(
      [{ collection: "messages", field: "slug", toField: "slug" }],
      { chats: rooms, messages },
      { indexes: [{ collection: "chats", key: { slug: 1 } }] },
    );
    expect(await mergedAndBack(field, "messages")).toEqual(messages);
  });

  it("with a prefix is text before the id", async () => {
    const likes = [1, 2, 3].map((number) => ({
      _id: id(number),
      subject: `Conversation$${String(id(number))}`,
    }));
    const other = { _id: id(9), subject: `Post$${String(id(2))}` };
    await using field = await databaseWith(
      [{ collection: "likes", field: "subject", prefix: "Conversation$" }],
      { likes: [...likes, other] },
    );
    const merged = await mergedAndBack(field, "likes");
    expect(merged.map(({ subject }) => subject as string)).toEqual([
      ...[1, 1, 3].map((number) => `Conversation$${String(id(number))}`),
      other.subject,
    ]);
  });

  it("with a where is of some rows only", async () => {
    const activities = [
      { _id: id(1), kind: "chat", subject: id(2) },
      // The id of something else, which happens to be the same.
      { _id: id(2), kind: "invoice", subject: id(2) },
    ];
    await using field = await databaseWith(
      [{ collection: "activities", field: "subject", where: { kind: "chat" } }],
      { activities },
    );
    expect(await mergedAndBack(field, "activities")).toEqual([
      { ...activities[0], subject: id(1) },
      activities[1],
    ]);
  });

  it("with leave stays as it is, and nobody asks why", async () => {
    const events = [{ _id: id(1), chat: id(2) }];
    await using field = await databaseWith([{ collection: "events", field: "chat", leave: true }], {
      events,
    });
    expect(await mergedAndBack(field, "events")).toEqual(events);
    expect((await field.plan()).warnings).not.toContain("events");
  });
});
