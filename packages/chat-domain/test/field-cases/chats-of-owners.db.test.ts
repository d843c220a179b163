import { describe, expect, it } from "vitest";
import {
  type ChatModelInput,
  createOrGetChat,
  ensureIndexes,
  findChat,
  listChats,
  participantsKey,
} from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

describe("chats that belong to one of their people", () => {
  const owned: ChatModelInput = {
    chats: { participants: ["owner", "peer"], scope: "owner" },
    references: [{ collection: "messages", field: "chat" }],
  };

  it("are one for each owner: the scope fills its field, the others the rest", async () => {
    await using field = await fieldDatabase({ model: owned });
    const app = field.app();
    await ensureIndexes(app);
    const [mine, theirs] = await Promise.all(
      ["ada", "bob"].map((scope) => createOrGetChat(app, { participants: ["ada", "bob"], scope })),
    );
    await createOrGetChat(app, { participants: ["cyd"], scope: "cyd" });
    expect(mine?.chat.id).not.toBe(theirs?.chat.id);
    const stored = await field.all("chats");
    expect(stored.map(({ owner, peer }) => `${owner} ${peer}`).toSorted()).toEqual([
      "ada bob",
      "bob ada",
      "cyd cyd",
    ]);
    expect(mine?.chat).toMatchObject({ scope: "ada" });
    const listed = await listChats(app, { participant: "ada", scope: "ada" });
    expect(listed.chats.map((one) => one.id)).toEqual([mine?.chat.id]);
  });

  it("are nobody's whose scope is none of the people", async () => {
    await using field = await fieldDatabase({ model: owned });
    await ensureIndexes(field.app());
    for (const scope of ["eve", "", undefined])
      for (const find of [findChat, createOrGetChat])
        await expect(
          find(field.app(), { participants: ["ada", "bob"], ...(scope === undefined ? {} : { scope }) }),
        ).rejects.toMatchObject({
          code: "INVALID_PARTICIPANTS",
          message: expect.stringContaining("(owner)"),
        });
  });

  it("are merged with those of the same owner only", async () => {
    const chats = [
      { _id: id(1), owner: "a", peer: "b" },
      { _id: id(2), owner: "b", peer: "a" },
      { _id: id(3), owner: "b", peer: "a" },
    ];
    await using field = await fieldDatabase({
      model: owned,
      data: { chats, messages: [1, 2, 3].map((n) => ({ _id: id(100 + n), chat: id(n) })) },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({
      participantsKey: participantsKey(["a", "b"], "a"),
    });
    expect(await field.one("chats", id(3))).toMatchObject({ mergedInto: id(2) });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});
