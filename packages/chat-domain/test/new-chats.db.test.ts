import { type CreateCollectionOptions, ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatContext, createOrGetChat, ensureIndexes, releaseChat } from "../src/index.ts";
import { beforeEveryWrite } from "./before-every-write.ts";
import { fieldDatabase } from "./field-cases/field-database.ts";
import { freshDatabase } from "./fresh-database.ts";
import { all, pairs, plain } from "./many-chats.ts";
import { recordingObserver } from "./recording-observer.ts";
import { watchedCollection } from "./watched-collection.ts";

/** After so many batches of nothing but new chats the next are written without a look. */
async function expectNew(context: ChatContext, name = "first"): Promise<void> {
  for (let batch = 0; batch < 4; batch += 1) await all(context, pairs(10, `${name}-${batch}`));
  expect(context.recent.noneExist()).toBe(true);
}

describe("a batch that is written without a look, after others of nothing but new chats", () => {
  it("creates what is new, gives everybody else what is theirs, and is the last of its kind if much was there", async () => {
    const observer = recordingObserver();
    await using database = await freshDatabase({ legacy: "none", observer });
    const old = await all(database, pairs(3, "old"));
    await plain(database.chats).updateOne(
      { participantsKey: old[2]?.chat.participantsKey },
      { $set: { participants: ["mallory"] } },
    );
    const { context, calls } = watchedCollection(database);
    await expectNew(context);
    calls.length = 0;
    const asked = [...pairs(10, "new"), ...pairs(3, "old")];
    const outcomes = await Promise.allSettled(asked.map((input) => createOrGetChat(context, input)));
    expect(calls.map(({ method }) => method)).toEqual(["insertMany", "find"]);
    expect(calls[0]?.filter).toHaveLength(13);
    expect(outcomes.slice(0, 10)).toMatchObject(
      pairs(10, "new").map(({ participants }) => ({
        status: "fulfilled",
        value: { created: true, chat: { participants: participants.toReversed() } },
      })),
    );
    expect(outcomes.slice(10)).toMatchObject([
      { status: "fulfilled", value: { created: false, chat: { id: old[0]?.chat.id } } },
      { status: "fulfilled", value: { created: false, chat: { id: old[1]?.chat.id } } },
      { status: "rejected", reason: { code: "INTEGRITY" } },
    ]);
    expect([observer.counted("created"), observer.counted("existing")]).toEqual([53, 2]);
    // Nobody looked, so nobody can say that a race was lost.
    expect(observer.counted("raced")).toBe(0);
    expect(await database.chats.countDocuments()).toBe(53);
    calls.length = 0;
    await all(context, pairs(10, "new"));
    expect(calls.map(({ method }) => method)).toEqual(["find"]);
  });

  it("lets two processes with the same pairs create each chat once, whoever writes first", async () => {
    const observer = recordingObserver();
    await using first = await freshDatabase({ legacy: "none", observer });
    const gate = { isOpen: true };
    const second = beforeEveryWrite(first, async () => gate.isOpen || all(first, pairs(40)));
    await expectNew(first, "mine");
    await expectNew(second, "theirs");
    const known = await first.chats.countDocuments();
    gate.isOpen = false;
    const late = await all(second, pairs(40));
    const found = await all(first, pairs(40));
    expect(late.some(({ created }) => created)).toBe(false);
    expect(late.map(({ chat }) => chat.id)).toEqual(found.map(({ chat }) => chat.id));
    expect(observer.counted("created")).toBe(known + 40);
    expect(await first.chats.countDocuments()).toBe(known + 40);
    const both = await Promise.all([all(first, pairs(40, "both")), all(second, pairs(40, "both"))]);
    expect(both.flat().filter(({ created }) => created)).toHaveLength(40);
    expect(new Set(both.flat().map(({ chat }) => chat.id)).size).toBe(40);
  });

  it("tells nobody that a chat was created once the index that judges is gone, and looks again afterwards", async () => {
    await using database = await freshDatabase({ legacy: "none" });
    const gate = { isOpen: true };
    const unguarded = beforeEveryWrite(database, async () => {
      if (!gate.isOpen) await plain(database.chats).dropIndex("participantsKey_unique");
      gate.isOpen = true;
    });
    await expectNew(unguarded);
    gate.isOpen = false;
    for (const outcome of await Promise.allSettled(
      pairs(5).map((input) => createOrGetChat(unguarded, input)),
    ))
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "INDEX_MISSING" } });
    expect(unguarded.recent.noneExist()).toBe(false);
  });

  it("answers with what is stored, whatever new chats hold", async () => {
    await using database = await freshDatabase({ legacy: "none" });
    await expectNew(database);
    const sets = [
      { createdBy: "bob", open: true, note: null },
      { name: "Zoë \u{1f600}", size: -0, big: 2 ** 40 },
    ];
    const dated = { createdAt: new Date(0), at: new Date(1), not: undefined, list: ["a"], nested: { a: 1 } };
    const inputs = [...sets, dated].map((set, index) => ({ participants: [`user ${index}`, "bøb"], set }));
    for (const { chat } of await all(database, inputs)) {
      const stored = await plain(database.chats).findOne({ participantsKey: chat.participantsKey });
      expect(chat.document).toEqual(stored);
      expect(Object.keys(chat.document)).toEqual(Object.keys(stored ?? {}));
    }
  });

  it("claims chats without a key before, while such may exist", async () => {
    const observer = recordingObserver();
    await using database = await freshDatabase({ observer });
    const { context, calls } = watchedCollection(database);
    await expectNew(context);
    const [known] = await all(context, pairs(1, "old"));
    await expectNew(context, "more");
    const keyless = ["user-1", "user-3"].map((name) => ({
      _id: new ObjectId(),
      participants: ["bob", name],
    }));
    await plain(database.chats).insertMany([
      ...keyless,
      { _id: new ObjectId(), participants: ["bob", "old-0"], title: "a duplicate of a chat that has a key" },
    ]);
    calls.length = 0;
    const results = await all(context, [...pairs(18), ...pairs(1, "old")]);
    expect(calls.map(({ method }) => method).toSorted()).toEqual(["bulkWrite", "find", "find", "insertMany"]);
    expect(calls[0]?.options["hint"]).toBe("keyless_by_people");
    const ids = results.map(({ chat }) => chat.id);
    expect([ids[1], ids[3], ids[18]]).toEqual([
      ...keyless.map(({ _id }) => _id.toHexString()),
      known?.chat.id,
    ]);
    expect(results.filter(({ created }) => created)).toHaveLength(16);
    expect(observer.counted("claimed")).toBe(2);
  });
});

it("holds no field that has no value, of which a unique index would take one", async () => {
  await using database = await freshDatabase({ model: { chats: { participants: "members.id" } } });
  await plain(database.chats).createIndex({ code: 1 }, { unique: true, sparse: true });
  const fields = { code: undefined, meta: { slug: undefined, kind: "direct" } };
  const asked = pairs(3).map((input) =>
    createOrGetChat(database, { ...input, set: fields, member: { role: undefined } }),
  );
  for (const { created, chat } of await Promise.all(asked)) {
    expect([created, chat.document["meta"]]).toEqual([true, { kind: "direct" }]);
    expect(chat.document).not.toHaveProperty("code");
    expect(chat.document).toMatchObject({ members: chat.participants.map((id) => ({ id })) });
    expect(JSON.stringify(chat.document)).not.toContain("role");
  }
});

describe("a validator that refuses a new chat", () => {
  const participants = ["a", "b"];

  it("is named to whoever asked, alone and in a batch, and a call that gives what it demands is answered", async () => {
    await using database = await freshDatabase();
    await database.chats.drop();
    await database.db.createCollection("chats", { validator: { name: { $type: "string" } } });
    await ensureIndexes(database);
    const asked = [{ participants }, ...pairs(3, "batch")].map((input) => createOrGetChat(database, input));
    for (const { status, ...outcome } of await Promise.allSettled(asked)) {
      expect([status, outcome]).toMatchObject(["rejected", { reason: { code: "MODEL_MISMATCH" } }]);
      expect(outcome).toHaveProperty("reason.message", expect.stringMatching(/validator of \S+ .* in set/));
    }
    const created = await createOrGetChat(database, { participants, set: { name: "us" } });
    expect(created).toMatchObject({ created: true });
  });

  it("whatever is set is said before, and by readiness, and of no other that may let one pass", async () => {
    const properties = { _id: {}, participants: {}, createdAt: {} };
    const strict = { $jsonSchema: { additionalProperties: false, properties } };
    const keyed = { ...properties, participantsKey: {} };
    const isReady = async (options: CreateCollectionOptions): Promise<unknown> => {
      await using field = await fieldDatabase({ model: {}, collections: { chats: options } });
      return await ensureIndexes(field.app()).then(
        () => true,
        (error: unknown) => error,
      );
    };
    expect(await isReady({ validator: { $and: [strict, { name: "us" }] } })).toMatchObject({
      code: "MODEL_MISMATCH",
      message: expect.stringMatching(/additionalProperties: false and refuses participantsKey,/),
    });
    for (const options of [
      { validator: strict, validationAction: "warn" },
      { validator: strict, validationLevel: "moderate" },
      { validator: { $or: [strict, { name: "us" }] } },
      { validator: { $jsonSchema: { additionalProperties: false, properties: keyed } } },
      {
        validator: { $jsonSchema: { ...strict.$jsonSchema, patternProperties: { "(?i)^PARTICIPANTS": {} } } },
      },
      { validator: { name: { $type: "string" } } },
    ])
      expect([options, await isReady(options)]).toEqual([options, true]);
  });

  it("or that an old one gets its key, or loses it", async () => {
    await using database = await freshDatabase();
    await database.chats.drop();
    const old = { $or: [{ participantsKey: null }, { name: "new" }, { participants: ["c"] }] };
    await database.db.createCollection("chats", { validator: { $and: [old, { releasedAt: null }] } });
    await ensureIndexes(database);
    await plain(database.chats).insertOne({ participants });
    await expect(createOrGetChat(database, { participants })).rejects.toMatchObject({
      code: "MODEL_MISMATCH",
    });
    const { chat } = await createOrGetChat(database, { participants: ["c"] });
    await expect(releaseChat(database, chat.id)).rejects.toMatchObject({ code: "MODEL_MISMATCH" });
  });
});
