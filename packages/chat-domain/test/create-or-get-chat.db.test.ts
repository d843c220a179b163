import { describe, expect, it } from "vitest";
import { connect } from "../src/connect/index.ts";
import { chatContext, createOrGetChat, participantsKey } from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";
import { recordingObserver } from "./recording-observer.ts";

describe.each(["claim", "none"] as const)("createOrGetChat with legacy: %s", (legacy) => {
  it("refuses a chat whose participants were edited behind its back", async () => {
    const observer = recordingObserver();
    await using chats = await freshDatabase({ legacy, observer });
    const { chat } = await createOrGetChat(chats, { participants: ["alice", "bob"] });
    await chats.chats.updateOne({ _id: chat.document._id }, { $set: { participants: ["alice", "mallory"] } });
    await expect(createOrGetChat(chats, { participants: ["alice", "bob"] })).rejects.toMatchObject({
      code: "INTEGRITY",
    });
    expect(observer.counted("integrity")).toBe(1);
    expect(JSON.stringify(observer.events)).not.toMatch(/alice|bob|mallory/);
  });

  it("refuses to write when the unique index has been dropped", async () => {
    await using chats = await freshDatabase({ legacy });
    await createOrGetChat(chats, { participants: ["alice", "bob"] });
    await chats.chats.dropIndex("participantsKey_unique");
    await expect(createOrGetChat(chats, { participants: ["carol", "bob"] })).rejects.toMatchObject({
      code: "INDEX_MISSING",
    });
    expect(await chats.chats.countDocuments()).toBe(1);
  });

  it("refuses to write into a collection that was dropped with its index", async () => {
    await using chats = await freshDatabase({ legacy });
    await chats.chats.drop();
    const call = createOrGetChat(chats, { participants: ["carol", "bob"] });
    await expect(call).rejects.toMatchObject({ code: "INDEX_MISSING" });
    expect(await chats.chats.countDocuments()).toBe(0);
  });

  it.each([
    { flaw: "is partial", options: { unique: true, partialFilterExpression: { live: true } } },
    { flaw: "is not unique", options: { sparse: true } },
  ])("refuses to write under an index of the same field that $flaw", async ({ flaw, options }) => {
    await using prepared = await freshDatabase({ legacy });
    await prepared.chats.dropIndex("participantsKey_unique");
    await prepared.chats.createIndex({ participantsKey: 1 }, options);
    const chats = chatContext(prepared.db, { legacy });
    const calls = Array.from({ length: 20 }, () => createOrGetChat(chats, { participants: ["a", "b"] }));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    await expect(calls[0]).rejects.toMatchObject({
      code: "INDEX_MISSING",
      message: expect.stringContaining(flaw),
    });
    expect(await chats.chats.countDocuments()).toBe(0);
  });

  it("refuses a keyed chat that is a tombstone, which no merge leaves behind", async () => {
    await using chats = await freshDatabase({ legacy });
    const { chat } = await createOrGetChat(chats, { participants: ["a", "b"] });
    await chats.chats.updateOne({ _id: chat.document._id }, { $set: { mergedInto: "elsewhere" } });
    await expect(createOrGetChat(chats, { participants: ["a", "b"] })).rejects.toMatchObject({
      code: "INTEGRITY",
    });
  });

  it("surfaces a duplicate key of another unique index, without a second try", async () => {
    const observer = recordingObserver();
    await using chats = await freshDatabase({ legacy, observer });
    await chats.chats.createIndex({ slug: 1 }, { unique: true, sparse: true });
    await createOrGetChat(chats, { participants: ["alice", "bob"], set: { slug: "taken" } });
    const clash = createOrGetChat(chats, { participants: ["alice", "carol"], set: { slug: "taken" } });
    await expect(clash).rejects.toMatchObject({ code: 11000, keyPattern: { slug: 1 } });
    expect(observer.counted("retried") + observer.counted("raced")).toBe(0);
    expect(await chats.chats.countDocuments()).toBe(1);
  });
});

describe("createOrGetChat", () => {
  it("stores sorted participants, the key, the creation time and the caller's fields", async () => {
    await using chats = await freshDatabase();
    const { chat } = await createOrGetChat(chats, {
      participants: ["bob", "alice"],
      scope: "project-1",
      set: { createdBy: "bob", title: "hello" },
    });
    const key = participantsKey(["alice", "bob"], "project-1");
    expect(chat).toMatchObject({ participants: ["alice", "bob"], participantsKey: key, scope: "project-1" });
    expect(chat).toMatchObject({ createdBy: "bob", aliases: [], createdAt: expect.any(Date) });
    expect(chat.document).toEqual({
      _id: chat.document._id,
      participants: ["alice", "bob"],
      participantsKey: key,
      scope: "project-1",
      createdAt: chat.createdAt,
      createdBy: "bob",
      title: "hello",
    });
  });

  it("never changes a chat that exists: `set` is for new ones", async () => {
    await using chats = await freshDatabase();
    const first = await createOrGetChat(chats, { participants: ["a", "b"], set: { title: "first" } });
    const second = await createOrGetChat(chats, { participants: ["b", "a"], set: { title: "second" } });
    expect(second.chat.document).toEqual(first.chat.document);
  });

  it("allows a chat with oneself, which is not the chat with another", async () => {
    await using chats = await freshDatabase();
    const self = await createOrGetChat(chats, { participants: ["me"] });
    const repeated = await createOrGetChat(chats, { participants: ["me", "me"] });
    const pair = await createOrGetChat(chats, { participants: ["me", "you"] });
    expect(self.chat.participants).toEqual(["me"]);
    expect(repeated).toMatchObject({ created: false, chat: { id: self.chat.id } });
    expect(pair.chat.id).not.toBe(self.chat.id);
  });

  it("keeps scopes apart, and the empty scope from all of them", async () => {
    await using chats = await freshDatabase();
    const scopes = ["", "project-1", "project-2", "alice"];
    const results = await Promise.all(
      scopes.map((scope) => createOrGetChat(chats, { participants: ["alice", "bob"], scope })),
    );
    expect(new Set(results.map(({ chat }) => chat.id)).size).toBe(scopes.length);
    expect(results.map(({ chat }) => chat.scope)).toEqual(scopes);
  });

  it("makes a new chat, with a new id, after the old one was deleted", async () => {
    await using chats = await freshDatabase();
    const before = await createOrGetChat(chats, { participants: ["a", "b"] });
    await chats.chats.deleteOne({ _id: before.chat.document._id });
    const after = await createOrGetChat(chats, { participants: ["a", "b"] });
    expect(after.created).toBe(true);
    expect(after.chat.id).not.toBe(before.chat.id);
  });

  it("returns a chat that the application only marked as deleted", async () => {
    await using chats = await freshDatabase();
    const before = await createOrGetChat(chats, { participants: ["a", "b"] });
    await chats.chats.updateOne({ _id: before.chat.document._id }, { $set: { deletedAt: new Date() } });
    const after = await createOrGetChat(chats, { participants: ["a", "b"] });
    expect(after).toMatchObject({ created: false, chat: { id: before.chat.id } });
  });

  it("allows 100 people, or as many as the context says, and refuses one more", async () => {
    await using chats = await freshDatabase();
    const people = Array.from({ length: 101 }, (_, index) => `user-${index}`);
    const full = await createOrGetChat(chats, { participants: people.slice(1) });
    expect(full.chat.participants).toHaveLength(100);
    await expect(createOrGetChat(chats, { participants: people })).rejects.toMatchObject({
      code: "INVALID_PARTICIPANTS",
      position: 100,
    });
    const larger = { ...chats, maxParticipants: 101 };
    expect((await createOrGetChat(larger, { participants: people })).created).toBe(true);
    await expect(
      createOrGetChat({ ...chats, maxParticipants: 2 }, { participants: ["a", "b", "c"] }),
    ).rejects.toThrow("at most 2 participants");
  });

  it("refuses bad participants before it asks the database", async () => {
    await using unreachable = connect({ uri: "mongodb://127.0.0.1:9/" });
    const tooMany = Array.from({ length: 101 }, (_, index) => `user-${index}`);
    const lists: readonly (readonly unknown[])[] = [
      [],
      [""],
      [" "],
      [null],
      [Number.NaN],
      ["a", "\ud800"],
      tooMany,
    ];
    for (const participants of lists) {
      await expect(createOrGetChat(unreachable, { participants })).rejects.toMatchObject({
        code: "INVALID_PARTICIPANTS",
      });
    }
  });

  it("refuses `set` fields that are onechat's to write", async () => {
    await using chats = await freshDatabase({ model: { chats: { where: { kind: "direct" } } } });
    for (const field of [
      "_id",
      "participants",
      "participants.0",
      "participantsKey",
      "mergedInto",
      "kind",
      "scope",
      "$inc",
    ]) {
      const call = createOrGetChat(chats, { participants: ["a", "b"], set: { [field]: "x" } });
      await expect(call).rejects.toThrow(TypeError);
    }
    expect(await chats.chats.countDocuments()).toBe(0);
  });

  it("refuses `set` that is no object of plain fields, before it asks the database", async () => {
    await using chats = await freshDatabase();
    const sets: readonly unknown[] = [
      [1, 2],
      "x",
      new Date(),
      { "": 1 },
      { "a..b": 1 },
      { "a.$[]": 1 },
      { a: 1, "a.b": 2 },
      { createdAt: "yesterday" },
    ];
    for (const set of sets) {
      await expect(createOrGetChat(chats, { participants: ["a"], set: set as never })).rejects.toThrow(
        TypeError,
      );
    }
    expect(await chats.chats.countDocuments()).toBe(0);
  });

  it("takes no null for the empty scope: a forgotten tenant must not share its chats", async () => {
    await using chats = await freshDatabase();
    await expect(createOrGetChat(chats, { participants: ["a"], scope: null })).rejects.toThrow(
      "scope is null",
    );
  });

  it("gives its answer although the observer fails", async () => {
    const fail = (): never => {
      throw new Error("the metrics are down");
    };
    await using chats = await freshDatabase({ observer: { log: fail, count: fail } });
    expect(await createOrGetChat(chats, { participants: ["a"] })).toMatchObject({ created: true });
  });

  it("counts what happened", async () => {
    const observer = recordingObserver();
    await using chats = await freshDatabase({ observer });
    await createOrGetChat(chats, { participants: ["a", "b"] });
    await createOrGetChat(chats, { participants: ["a", "b"] });
    expect([observer.counted("created"), observer.counted("existing")]).toEqual([1, 1]);
  });
});
