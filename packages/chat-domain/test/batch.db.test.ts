import { crashableMongo, crashableMongoMissing } from "@onechat/mongo/testing";
import { needs } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { connect } from "../src/connect/index.ts";
import { createOrGetChat, ensureIndexes, participantsKey } from "../src/index.ts";
import { beforeEveryWrite } from "./before-every-write.ts";
import { freshDatabase } from "./fresh-database.ts";
import { all, pairs, plain } from "./many-chats.ts";
import { recordingObserver } from "./recording-observer.ts";
import { watchedCollection } from "./watched-collection.ts";

const noServerToCrash = await crashableMongoMissing(process.env);

describe.each(["claim", "none"] as const)("a batch, with legacy: %s", (legacy) => {
  it("creates the chats of many pairs with one insert, and finds them again with one read", async () => {
    await using database = await freshDatabase({ legacy });
    const { context, calls } = watchedCollection(database);
    const created = await all(context, pairs(60));
    expect(created.every((result) => result.created)).toBe(true);
    expect(new Set(created.map(({ chat }) => chat.id)).size).toBe(60);
    expect(calls.filter(({ method }) => method === "insertMany")).toHaveLength(1);
    calls.length = 0;
    const found = await all(context, pairs(60));
    expect(found.map(({ chat }) => chat)).toEqual(created.map(({ chat }) => chat));
    expect(found.some((result) => result.created)).toBe(false);
    expect(calls.map(({ method }) => method)).toEqual(["find"]);
  });

  it("makes the same documents as calls that go alone", async () => {
    const model = {
      chats: {
        participants: "room.members.userId",
        where: { isGroupChat: false, "settings.kind": "direct" },
        idType: "string",
        scope: "tenant",
      },
    } as const;
    await using database = await freshDatabase({ legacy, model });
    const set = { "settings.color": "red", createdAt: new Date(0), note: undefined, "a.b.c": [1, { d: 2 }] };
    const input = (name: string) => ({ participants: [name, "bob"], scope: "acme", set });
    const alone = await createOrGetChat(database, input("alone"));
    const [batched] = await all(database, [input("alice"), input("carol")]);
    const stored = await plain(database.chats).findOne({ participantsKey: batched?.chat.participantsKey });
    const comparable = { _id: "", participantsKey: "", room: {} };
    expect(batched?.chat.document).toEqual(stored);
    expect({ ...batched?.chat.document, ...comparable }).toEqual({ ...alone.chat.document, ...comparable });
    expect(batched?.chat.document["room"]).toEqual({ members: [{ userId: "alice" }, { userId: "bob" }] });
  });

  it("lets two processes with the same pairs create each chat once", async () => {
    const observer = recordingObserver();
    await using first = await freshDatabase({ legacy, observer });
    const second = beforeEveryWrite(first, async () => all(first, pairs(40)));
    const late = await all(second, pairs(40));
    expect(late.some(({ created }) => created)).toBe(false);
    expect(await first.chats.countDocuments()).toBe(40);
    expect([observer.counted("created"), observer.counted("existing")]).toEqual([40, 40]);
    expect(observer.counted("raced")).toBe(40);
  });

  it("gives everybody what is theirs: old, new, damaged, refused by another index, too large, no BSON", async () => {
    await using database = await freshDatabase({ legacy });
    await plain(database.chats).createIndex({ slug: 1 }, { unique: true, sparse: true });
    const old = await createOrGetChat(database, { participants: ["old", "bob"], set: { slug: "taken" } });
    const cycle: Record<string, unknown> = {};
    cycle["itself"] = cycle;
    const damaged = await createOrGetChat(database, { participants: ["damaged", "bob"] });
    await plain(database.chats).updateOne(
      { participantsKey: damaged.chat.participantsKey },
      { $set: { participants: ["damaged", "mallory"] } },
    );
    const outcomes = await Promise.allSettled(
      [
        { participants: ["old", "bob"] },
        { participants: ["new", "bob"] },
        { participants: ["damaged", "bob"] },
        { participants: ["clash", "bob"], set: { slug: "taken" } },
        { participants: ["large", "bob"], set: { text: "x".repeat(17 * 2 ** 20) } },
        { participants: ["cycle", "bob"], set: { cycle } },
      ].map((input) => createOrGetChat(database, input)),
    );
    expect(outcomes).toMatchObject([
      { status: "fulfilled", value: { created: false, chat: { id: old.chat.id } } },
      { status: "fulfilled", value: { created: true } },
      { status: "rejected", reason: { code: "INTEGRITY" } },
      { status: "rejected", reason: { code: 11000, keyPattern: { slug: 1 } } },
      { status: "rejected" },
      { status: "rejected", reason: { message: expect.stringContaining("circular") } },
    ]);
    expect(await database.chats.countDocuments()).toBe(3);
  });

  it("tells nobody that a chat was created once the index that judges is gone", async () => {
    await using database = await freshDatabase({ legacy });
    let dropped = false;
    const unguarded = beforeEveryWrite(database, async () => {
      if (!dropped) await plain(database.chats).dropIndex("participantsKey_unique");
      dropped = true;
    });
    const outcomes = await Promise.allSettled(pairs(5).map((input) => createOrGetChat(unguarded, input)));
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "INDEX_MISSING" } });
  });

  it("answers a caller who gives up, and the others all the same", async () => {
    await using database = await freshDatabase({ legacy });
    const leaving = new AbortController();
    const calls = pairs(3).map((input, index) =>
      createOrGetChat(database, index === 1 ? { ...input, signal: leaving.signal } : input),
    );
    leaving.abort(new Error("gone"));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("writes no prototype, whatever a field is called", async () => {
    await using database = await freshDatabase({ legacy });
    const set = JSON.parse('{ "__proto__.polluted": true, "constructor.x": 1 }') as Record<string, unknown>;
    const [result] = await all(database, [
      { participants: ["a", "b"], set },
      { participants: ["a", "c"], set },
    ]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(result?.chat.document["constructor"]).toEqual({ x: 1 });
  });
});

describe("a batch over legacy chats", () => {
  it("claims the oldest of each set of people with one write, and creates what is missing", async () => {
    const observer = recordingObserver();
    await using database = await freshDatabase({ observer });
    const { context, calls } = watchedCollection(database);
    const people = pairs(60);
    const legacy = people.slice(0, 55).flatMap(({ participants }) => [
      { participants: participants.toReversed(), messages: 1 },
      { participants, messages: 2 },
    ]);
    const { insertedIds } = await plain(database.chats).insertMany(legacy);
    const results = await all(context, people);
    const oldest = Array.from({ length: 55 }, (_, index) => String(insertedIds[2 * index]));
    expect(results.slice(0, 55).map(({ chat }) => chat.id)).toEqual(oldest);
    expect(results.map(({ created }) => created)).toEqual(people.map((_, index) => index >= 55));
    expect([observer.counted("claimed"), observer.counted("created")]).toEqual([55, 5]);
    expect(calls.filter(({ method }) => method === "bulkWrite")).toHaveLength(1);
    expect(await database.chats.countDocuments({ participantsKey: null })).toBe(55);
  });

  it("claims each once when two processes do so at once", async () => {
    await using database = await freshDatabase();
    await plain(database.chats).insertMany(pairs(40).map(({ participants }) => ({ participants })));
    const rival = beforeEveryWrite(database, async () => all(database, pairs(40)));
    const results = await all(rival, pairs(40));
    expect(results.some(({ created }) => created)).toBe(false);
    expect(await database.chats.countDocuments()).toBe(40);
  });

  it("makes a new chat when somebody joins the old one between its being found and claimed", async () => {
    await using database = await freshDatabase();
    await plain(database.chats).insertMany(pairs(2).map(({ participants }) => ({ participants })));
    const key = participantsKey(["user-0", "bob"]);
    const joined = beforeEveryWrite(database, () =>
      plain(database.chats).updateOne(
        { participants: "user-0", participantsKey: { $ne: key } },
        { $set: { participants: ["user-0", "bob", "eve"] } },
      ),
    );
    expect((await all(joined, pairs(2))).map(({ created }) => created)).toEqual([true, false]);
  });
});

describe("a batch whose database goes away", () => {
  it("answers UNAVAILABLE to every caller when it cannot be reached", async () => {
    await using unreachable = connect({ uri: "mongodb://127.0.0.1:9/", deadlineMs: 300 });
    const outcomes = await Promise.allSettled(pairs(20).map((input) => createOrGetChat(unreachable, input)));
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "UNAVAILABLE" } });
  });

  it(
    "answers UNAVAILABLE when it dies between the read and the write, and the chats after its return",
    needs(noServerToCrash),
    async () => {
      await using server = await crashableMongo(process.env);
      await using database = connect({ uri: server.uri, database: "batch" });
      await ensureIndexes(database);
      const dying = beforeEveryWrite(database, () => server.kill());
      const outcomes = await Promise.allSettled(pairs(5).map((input) => createOrGetChat(dying, input)));
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ status: "rejected", reason: { code: "UNAVAILABLE" } });
      await server.restart();
      const again = await all(database, pairs(5));
      expect(new Set(again.map(({ chat }) => chat.id)).size).toBe(5);
    },
  );
});
