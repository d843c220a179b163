import { ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import { createOrGetChat, findChat, listChats } from "../src/index.ts";
import { freshDatabase } from "./fresh-database.ts";

const alice = new ObjectId();
const bob = new ObjectId();

describe("an application with its own document shape", () => {
  it("may keep ObjectIds in `users` and tell its groups apart by a flag", async () => {
    const model = {
      chats: { participants: "users", participantType: "objectId", where: { isGroupChat: false } },
    } as const;
    await using database = await freshDatabase({ model });
    const collection = database.db.collection("chats");
    await collection.insertOne({ isGroupChat: true, chatName: "us two", users: [alice, bob] });
    const legacy = await collection.insertOne({ isGroupChat: false, users: [bob, alice] });

    const claimed = await createOrGetChat(database, { participants: [alice, bob.toHexString()] });
    expect(claimed).toMatchObject({ created: false, chat: { id: legacy.insertedId.toHexString() } });

    const fresh = await createOrGetChat(database, { participants: [alice] });
    expect(fresh.chat.document).toMatchObject({ users: [alice], isGroupChat: false });
    expect(fresh.chat.participants).toEqual([alice.toHexString()]);
    const listed = await listChats(database, { participant: alice });
    expect(new Set(listed.chats.map(({ id }) => id))).toEqual(new Set([fresh.chat.id, claimed.chat.id]));
  });

  it("may keep them inside sub-documents", async () => {
    const model = {
      chats: { collection: "rooms", participants: "members.userId", participantType: "objectId" },
    } as const;
    await using database = await freshDatabase({ model });
    const collection = database.db.collection("rooms");
    const legacy = await collection.insertOne({
      members: [
        { userId: bob, role: "admin" },
        { userId: alice, role: "member" },
      ],
    });
    await collection.insertOne({ members: [{ userId: bob }, { name: "a member without an id" }] });

    const claimed = await createOrGetChat(database, { participants: [alice, bob] });
    expect(claimed).toMatchObject({ created: false, chat: { id: legacy.insertedId.toHexString() } });
    const fresh = await createOrGetChat(database, { participants: [bob] });
    expect(fresh).toMatchObject({ created: true, chat: { document: { members: [{ userId: bob }] } } });
    expect((await findChat(database, { participants: [bob] }))?.id).toBe(fresh.chat.id);
  });

  it("may have text ids and a scope field of its own, as ObjectIds", async () => {
    const tenant = new ObjectId();
    const model = {
      chats: {
        collection: "rooms",
        participants: "uids",
        idType: "string",
        where: { t: "d" },
        scope: "tenantId",
        scopeType: "objectId",
      },
    } as const;
    await using database = await freshDatabase({ model });
    const { chat } = await createOrGetChat(database, { participants: ["a", "b"], scope: tenant });
    expect(chat.document).toMatchObject({ _id: chat.id, uids: ["a", "b"], t: "d", tenantId: tenant });
    expect(chat.scope).toBe(tenant.toHexString());
    const again = await createOrGetChat(database, { participants: ["b", "a"], scope: tenant.toHexString() });
    expect(again).toMatchObject({ created: false, chat: { id: chat.id } });
  });

  it.each([
    { name: "a sub-document", where: { type: { kind: "dm" } }, expected: { type: { kind: "dm" } } },
    {
      name: "$and and $eq",
      where: { $and: [{ type: "dm" }, { open: { $eq: true } }] },
      expected: { type: "dm", open: true },
    },
  ])("gets new chats that its own `where` selects: $name", async ({ where, expected }) => {
    await using database = await freshDatabase({ model: { chats: { where } } });
    const { chat } = await createOrGetChat(database, { participants: ["a", "b"] });
    expect(chat.document).toMatchObject(expected);
    expect((await listChats(database, { participant: "a" })).chats).toHaveLength(1);
  });

  it("is told when an id cannot be stored in the form it chose", async () => {
    await using database = await freshDatabase({ model: { chats: { participantType: "objectId" } } });
    await expect(createOrGetChat(database, { participants: [alice, "bob"] })).rejects.toMatchObject({
      code: "INVALID_PARTICIPANTS",
      message: expect.stringContaining("is not an ObjectId"),
    });
  });

  it("is told when it gives a scope but has no field for it", async () => {
    await using database = await freshDatabase({ model: { chats: { scope: null } } });
    expect((await createOrGetChat(database, { participants: ["a"] })).created).toBe(true);
    await expect(createOrGetChat(database, { participants: ["a"], scope: "s" })).rejects.toThrow(
      "no scope field",
    );
  });

  it("is told when its description has a typo", async () => {
    const model = { chats: { participant: "users" } } as never;
    await expect(freshDatabase({ model })).rejects.toThrow(/participant/);
  });
});
