import { describe, expect, it } from "vitest";
import {
  createOrGetChat,
  ensureIndexes,
  findChat,
  getChat,
  listChats,
  resolveChatId,
} from "../../src/index.ts";
import { direct, keyOf } from "./direct-chats.ts";
import { fieldDatabase, id } from "./field-database.ts";
import { expectRefused, tripled } from "./tripled-chats.ts";

const byRoom = { collection: "messages", field: "room", toField: "roomId" };

describe("a collection of chats with a collation of its own", () => {
  const collections = { chats: { collation: { locale: "en", strength: 2 } } };

  it("is refused before anything is written", async () => {
    await using field = await fieldDatabase({
      model: direct,
      data: tripled({ isGroupChat: false }),
      collections,
    });
    await expectRefused(field, "chats", "collation");
  });

  it("is as good as any other for create-or-get: Bob and bob are two people", async () => {
    await using field = await fieldDatabase({ model: direct, collections });
    const app = field.app();
    await ensureIndexes(app);
    const open = (name: string) => createOrGetChat(app, { participants: ["ann", name] });
    const first = await Promise.all(["Bob", "bob", "BOB"].map(open));
    expect(first.map(({ created }) => created)).toEqual([true, true, true]);
    const again = await Promise.all(["Bob", "bob", "BOB"].map(open));
    expect(again.map(({ chat }) => chat.id)).toEqual(first.map(({ chat }) => chat.id));
  });

  it("shows nobody the chats of another person or scope, nor a chat by another id", async () => {
    const model = { chats: { participants: "users", idType: "string" }, references: [byRoom] } as const;
    const [bob, other] = [
      { _id: "one", users: ["ann", "Bob"], scope: "Shop", roomId: "R1" },
      { _id: "two", users: ["ann", "bob"], scope: "shop", roomId: "r1" },
    ];
    await using field = await fieldDatabase({ model, data: { chats: [bob, other] }, collections });
    const app = field.app();
    await ensureIndexes(app);
    const listed = async (participant: string, scope?: string) => {
      const { chats } = await listChats(app, { participant, ...(scope === undefined ? {} : { scope }) });
      return chats.map((chat) => chat.id);
    };
    expect([await listed("bob"), await listed("Bob"), await listed("BOB")]).toEqual([["two"], ["one"], []]);
    expect([await listed("ann", "shop"), await listed("ann", "SHOP")]).toEqual([["two"], []]);
    expect(await findChat(app, { participants: ["ann", "bob"], scope: "Shop" })).toBeNull();
    expect(await findChat(app, { participants: ["ann", "bob"], scope: "shop" })).toMatchObject({ id: "two" });
    await expect(getChat(app, "Two")).rejects.toMatchObject({ code: "CHAT_NOT_FOUND" });
    expect(await resolveChatId(app, "r1", { field: "roomId" })).toBe("r1");
  });

  it("judges a holder of a key in one way, whoever asks", async () => {
    const model = {
      chats: { participants: "users", scope: null, where: { kind: "dm" }, drift: "release" },
    } as const;
    await using field = await fieldDatabase({
      model,
      data: { chats: [{ _id: id(1), users: ["a", "b"], kind: "dm", participantsKey: keyOf("a", "b") }] },
      collections,
    });
    const app = field.app();
    await ensureIndexes(app);
    await field.change("chats", id(1), { $set: { kind: "DM" } });
    expect(await createOrGetChat(app, { participants: ["a", "b"] })).toMatchObject({ created: true });
  });
});
