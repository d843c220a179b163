import { DBRef, ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import { createOrGetChat, ensureIndexes, findChat } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

/** `member`: what a member's sub-document holds besides the id, in a new chat and in one write with it. */
describe("the members of a new chat", () => {
  it("get fields of their own, the same for all or by their id, alone and in batches", async () => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "members.userId", scope: null } },
      collections: {
        chats: { validator: { $jsonSchema: { properties: { members: { items: { required: ["role"] } } } } } },
      },
    });
    const app = field.app();
    await ensureIndexes(app);
    const member = { role: "member", unread: 0 };
    await createOrGetChat(app, { participants: ["b", "a"], member });
    await Promise.all(
      ["c", "d", "e"].map((one) =>
        createOrGetChat(app, {
          participants: ["a", one],
          member: (person: string) => ({ role: person === one ? "owner" : "member" }),
        }),
      ),
    );
    const stored = await field.all("chats");
    expect(stored.map(({ members }) => members as unknown)).toEqual(
      expect.arrayContaining([
        [
          { userId: "a", role: "member", unread: 0 },
          { userId: "b", role: "member", unread: 0 },
        ],
        [
          { userId: "a", role: "member" },
          { userId: "d", role: "owner" },
        ],
      ]),
    );
    // Nothing of it reaches a chat that exists.
    await createOrGetChat(app, { participants: ["a", "b"], member: { role: "owner" } });
    expect(await field.all("chats", { "members.role": "owner", "members.userId": "b" })).toEqual([]);
  });

  it("are refused what is not the caller's to write, and fail nobody else's call", async () => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "members.userId", scope: null } },
    });
    const app = field.app();
    await ensureIndexes(app);
    for (const member of [
      { userId: "x" },
      { $set: 1 },
      { "a.b": 1 },
      [],
      null,
      () => null,
      () => ({ userId: 1 }),
    ])
      await expect(createOrGetChat(app, { participants: ["a"], member: member as never })).rejects.toThrow(
        TypeError,
      );
    const [bad, good] = await Promise.allSettled([
      createOrGetChat(app, { participants: ["x"], member: () => ({ userId: 1 }) }),
      createOrGetChat(app, { participants: ["y"], member: () => ({ role: "member" }) }),
      createOrGetChat(app, { participants: ["z"] }),
    ]);
    expect([bad?.status, good?.status]).toEqual(["rejected", "fulfilled"]);
    await using plain = await fieldDatabase({ model: { chats: { participants: ["a", "b"], scope: null } } });
    await expect(createOrGetChat(plain.app(), { participants: ["x"], member: {} })).rejects.toThrow(
      "members.userId",
    );
  });

  it("that are DBRefs name their collection", async () => {
    const [ada, bob] = [new ObjectId(), new ObjectId()];
    await using field = await fieldDatabase({
      model: { chats: { participants: "members.user.$id", participantType: "objectId", scope: null } },
      data: { chats: [{ _id: id(1), members: [{ user: new DBRef("users", ada) }] }] },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const app = field.app();
    await expect(createOrGetChat(app, { participants: [ada, bob] })).rejects.toThrow("of which collection");
    const member = { user: { $ref: "users" }, role: "member" };
    const { chat } = await createOrGetChat(app, { participants: [ada, bob], member });
    expect(await findChat(app, { participants: [bob, ada] })).toMatchObject({ id: chat.id });
    const found = await field.all("chats", { "members.user": new DBRef("users", bob) });
    expect(found).toMatchObject([{ members: [{ role: "member" }, { user: new DBRef("users", bob) }] }]);
  });
});
