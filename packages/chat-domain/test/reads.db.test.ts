import { Long, ObjectId, UUID } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatConnection } from "../src/connect/index.ts";
import { chatIds, createOrGetChat, findChat, getChat, listChats, resolveChatId } from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";

async function create(database: ChatConnection, ...participants: readonly string[]): Promise<string> {
  return (await createOrGetChat(database, { participants })).chat.id;
}

/** What a merge leaves behind: a tombstone, an alias on the survivor, and a redirect that outlives the tombstone. */
async function merge(database: ChatConnection, loser: string, survivor: string): Promise<void> {
  const [from, to] = [new ObjectId(loser), new ObjectId(survivor)];
  const chats = database.db.collection("chats");
  await chats.updateOne({ _id: to }, { $addToSet: { aliases: from } });
  await chats.updateOne({ _id: from }, { $set: { mergedInto: to }, $unset: { participantsKey: 1 } });
  await database.db.collection("chat_redirects").insertOne({ _id: from, to, since: new Date() });
}

describe("findChat", () => {
  it("finds by the set of people and never creates", async () => {
    await using database = await freshDatabase();
    expect(await findChat(database, { participants: ["a", "b"] })).toBeNull();
    expect(await database.chats.countDocuments()).toBe(0);
    const id = await create(database, "a", "b");
    expect(await findChat(database, { participants: ["b", "a", "b"] })).toMatchObject({ id });
    expect(await findChat(database, { participants: ["a", "b"], scope: "elsewhere" })).toBeNull();
  });
});

describe("findChat without the unique index", () => {
  it("says so, as create-or-get does", async () => {
    await using database = await freshDatabase();
    await create(database, "a", "b");
    await database.chats.dropIndex("participantsKey_unique");
    await expect(findChat(database, { participants: ["a", "b"] })).rejects.toMatchObject({
      code: "INDEX_MISSING",
    });
  });
});

describe("getChat, resolveChatId and chatIds", () => {
  it("take an id as text or as ObjectId", async () => {
    await using database = await freshDatabase();
    const id = await create(database, "a", "b");
    expect((await getChat(database, id)).participants).toEqual(["a", "b"]);
    expect(await resolveChatId(database, new ObjectId(id))).toBe(id);
  });

  it("lead from a merged chat to its survivor, before and after the tombstone is purged", async () => {
    await using database = await freshDatabase();
    const [survivor, loser] = [await create(database, "a", "b"), await create(database, "a", "b", "c")];
    await merge(database, loser, survivor);
    expect(await resolveChatId(database, loser)).toBe(survivor);
    await database.chats.deleteOne({ _id: new ObjectId(loser) });
    expect(await resolveChatId(database, loser)).toBe(survivor);
    expect(await chatIds(database, await getChat(database, loser))).toEqual([survivor, loser]);
  });

  it("say that there is no such chat, whatever the id looks like", async () => {
    await using database = await freshDatabase();
    for (const id of [new ObjectId().toHexString(), "nonsense", "", null, { $ne: null }, 42]) {
      await expect(getChat(database, id)).rejects.toMatchObject({ code: "CHAT_NOT_FOUND" });
    }
  });

  it("fall back to the redirect when the survivor that a tombstone names is gone", async () => {
    await using database = await freshDatabase();
    const [survivor, loser] = [await create(database, "a", "b"), await create(database, "a", "b", "c")];
    await merge(database, loser, survivor);
    const gone = new ObjectId();
    await database.chats.updateOne({ _id: new ObjectId(loser) }, { $set: { mergedInto: gone } });
    expect(await resolveChatId(database, loser)).toBe(survivor);
  });

  it("end, as not found, in a circle of damaged tombstones", async () => {
    await using database = await freshDatabase();
    const [one, two] = [await create(database, "a"), await create(database, "b")];
    await merge(database, one, two);
    await merge(database, two, one);
    await expect(getChat(database, one)).rejects.toMatchObject({ code: "CHAT_NOT_FOUND" });
  });
});

describe("listChats", () => {
  it("pages through a participant's chats, newest first, each once", async () => {
    await using database = await freshDatabase();
    const ids: string[] = [];
    for (let friend = 0; friend < 7; friend += 1)
      ids.unshift(await create(database, "me", `friend-${friend}`));
    await create(database, "somebody", "else");
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await listChats(database, { participant: "me", after, limit: 3 });
      seen.push(...page.chats.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(ids);
  });

  it("pages through chats whose ids are of many types, losing none", async () => {
    await using database = await freshDatabase();
    const chats = database.db.collection("chats");
    const ids = [
      "room-a",
      "65f0c0ffee0123456789abcd",
      "7",
      5,
      4,
      Long.fromString("9007199254740993"),
      new UUID(),
      new ObjectId(),
      new ObjectId(),
      "room-b",
    ];
    await chats.insertMany(ids.map((_id) => ({ _id, participants: ["me"] }) as never));
    for (const limit of [1, 2, 3, 100]) {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page = await listChats(database, { participant: "me", after, limit });
        seen.push(...page.chats.map(({ id }) => id));
        after = page.next;
      } while (after !== null);
      expect(seen.toSorted()).toEqual(ids.map(String).toSorted());
    }
  });

  it("refuses a scope where chats have none, as create-or-get does", async () => {
    await using database = await freshDatabase({ model: { chats: { scope: null } } });
    await createOrGetChat(database, { participants: ["me"] });
    expect((await listChats(database, { participant: "me", scope: "" })).chats).toHaveLength(1);
    await expect(listChats(database, { participant: "me", scope: "s" })).rejects.toThrow("no scope field");
  });

  it("pages through chats whose ids are text, and refuses a cursor that is no id", async () => {
    await using database = await freshDatabase();
    const chats = database.db.collection<{ readonly _id: string }>("chats");
    const ids = ["room-c", "room-b", "room-a"];
    await chats.insertMany(ids.map((_id) => ({ _id, participants: ["me"] })));
    const first = await listChats(database, { participant: "me", limit: 2 });
    const second = await listChats(database, { participant: "me", limit: 2, after: first.next });
    expect([...first.chats, ...second.chats].map(({ id }) => id)).toEqual(ids);
    await expect(listChats(database, { participant: "me", after: "" })).rejects.toThrow(
      "after is not the `next` of a page",
    );
  });

  it("leaves out merged chats and, if asked, other scopes", async () => {
    await using database = await freshDatabase();
    const [plain, loser] = [await create(database, "me", "a"), await create(database, "me", "b")];
    await merge(database, loser, plain);
    const scoped = await createOrGetChat(database, { participants: ["me", "a"], scope: "s" });
    const list = async (scope?: string): Promise<readonly string[]> =>
      (await listChats(database, { participant: "me", ...(scope === undefined ? {} : { scope }) })).chats.map(
        ({ id }) => id,
      );
    expect(await list()).toEqual([scoped.chat.id, plain]);
    expect(await list("s")).toEqual([scoped.chat.id]);
    expect(await list("")).toEqual([plain]);
  });

  it("shows damaged legacy chats rather than failing on them", async () => {
    await using database = await freshDatabase();
    await database.db
      .collection("chats")
      .insertOne({ participants: ["me", null, { $ne: 1 }], scope: {}, createdBy: [] });
    const { chats } = await listChats(database, { participant: "me" });
    expect(chats).toMatchObject([
      { participants: ["me"], scope: "", createdBy: null, participantsKey: null },
    ]);
  });

  it("refuses a page of no sensible size", async () => {
    await using database = await freshDatabase();
    for (const limit of [0, -1, 101, 1.5, Number.NaN]) {
      await expect(listChats(database, { participant: "me", limit })).rejects.toThrow(RangeError);
    }
  });

  it("answers from the listing index, without sorting in memory", async () => {
    await using database = await freshDatabase();
    for (let friend = 0; friend < 20; friend += 1) await create(database, "me", `friend-${friend}`);
    const plan = await database.chats
      .find({ participants: { $in: ["me"] }, mergedInto: null }, { sort: { _id: -1 } })
      .explain("queryPlanner");
    const winning = JSON.stringify(plan["queryPlanner"].winningPlan);
    expect(winning).toContain("participants_by_id");
    expect(winning).not.toContain('"SORT"');
  });
});
