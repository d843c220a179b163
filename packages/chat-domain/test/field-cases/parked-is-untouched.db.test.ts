import { describe, expect, it } from "vitest";
import { type ChatModelInput, resolveChatId } from "../../src/index.ts";
import { explainChat, parkedChats } from "../../src/migrate/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";
import { chatsOf, expectMergedAndBack, model, tripled } from "./tripled-chats.ts";

/** A merge that is stopped all the same is undone before its chat is set aside. */

describe("a merge that is stopped by what nobody could see", () => {
  const fixedMessage = {
    // A message of the first chat that has been frozen where it is.
    $or: [{ frozen: { $ne: true } }, { chat: id(2) }],
  };

  async function withFrozenMessage(): Promise<FieldDatabase> {
    const data = tripled();
    return fieldDatabase({
      model,
      data: { ...data, messages: [...(data["messages"] ?? []), { _id: id(99), chat: id(2), frozen: true }] },
      collections: { messages: { validator: fixedMessage } },
    });
  }

  it("leaves the chat untouched, byte by byte, and the survivor's other duplicates in their place", async () => {
    await using field = await withFrozenMessage();
    const before = await field.image("chats", "messages");
    const loser = await field.one("chats", id(2));
    const messages = await field.all("messages", { chat: id(2) });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(2))).toEqual(loser);
    expect(await field.all("messages", { chat: id(2) })).toEqual(messages);
    expect(await field.one("chats", id(3))).toMatchObject({ mergedInto: id(1) });
    expect(await field.one("chats", id(1))).toMatchObject({
      aliases: [id(3)],
      tags: ["tag 1", "tag 3"],
      createdAt: new Date(997),
      updatedAt: new Date(1_003),
    });
    const [parked] = await parkedChats(field.migration);
    expect(parked).toMatchObject({ _id: id(2), reason: expect.stringMatching(/messages[^]*validat/i) });
    expect(await resolveChatId(field.app(), String(id(2)))).toBe(String(id(2)));
    expect(await field.verify()).toMatchObject({ exit: 6 });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });

  it("is tried again on demand once the cause is gone", async () => {
    await using field = await withFrozenMessage();
    await field.up();
    await field.db.collection("messages").updateOne({ _id: id(99) }, { $unset: { frozen: "" } });
    expect(await field.up({ retryParked: true })).toMatchObject({ exit: 0 });
    expect(new Set(await chatsOf(field))).toEqual(new Set([String(id(1))]));
    expect((await field.one("chats", id(1)))["tags"]).toEqual(
      expect.arrayContaining(["tag 1", "tag 2", "tag 3"]),
    );
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("before the tombstone leaves no alias behind", async () => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({
      model,
      data: { chats: chats.map((chat, index) => ({ ...chat, locked: index === 1 })), messages },
      collections: {
        chats: { validator: { $or: [{ locked: { $ne: true } }, { mergedInto: { $exists: false } }] } },
      },
    });
    const loser = await field.one("chats", id(2));
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(2))).toEqual(loser);
    expect(await field.one("chats", id(1))).toMatchObject({ aliases: [id(3)], tags: ["tag 1", "tag 3"] });
    expect(await explainChat(field.migration, String(id(2)))).toMatchObject({
      standing: "live",
      redirect: null,
    });
  });

  it("in the survivor's fold leaves the chat untouched", async () => {
    await using field = await fieldDatabase({
      model,
      data: tripled(),
      collections: { chats: { validator: { tags: { $nin: ["tag 2"] } }, validationLevel: "moderate" } },
    });
    const messages = await field.all("messages", { chat: id(2) });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(2))).not.toHaveProperty("mergedInto");
    expect(await field.all("messages", { chat: id(2) })).toEqual(messages);
    expect(await field.one("chats", id(1))).toMatchObject({ aliases: [id(3)], tags: ["tag 1", "tag 3"] });
  });

  it("in what is counted anew leaves the chat untouched", async () => {
    await using field = await fieldDatabase({
      model: {
        chats: { participants: "users", scope: null },
        references: [{ collection: "messages", field: "chat" }],
        fold: { count: { recount: { collection: "messages", field: "chat" } } },
      },
      data: {
        chats: [1, 2].map((no) => ({ _id: id(no), users: ["a", "b"], count: 1 })),
        messages: [1, 2].map((no) => ({ _id: no, chat: id(no) })),
      },
      collections: { chats: { validator: { count: { $lte: 1 } } } },
    });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(2))).toEqual({ _id: id(2), users: ["a", "b"], count: 1 });
    expect(await field.all("messages")).toMatchObject([{ chat: id(1) }, { chat: id(2) }]);
    expect(await field.one("chats", id(1))).toMatchObject({ count: 1 });
    expect(await field.verify()).toMatchObject({ exit: 6 });
    // Once all was taken back, it is told of anew.
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await parkedChats(field.migration)).toMatchObject([{ _id: id(2) }]);
  });

  it.each([
    ["chats", "unread", { properties: { unread: { maximum: 5 } } }],
    ["chats", "tags", { properties: { tags: { maxItems: 1 } } }],
    ["chats", "aliases", { properties: { aliases: { maxItems: 0 } } }],
    ["people", "chats", { properties: { chats: { minItems: 2 } } }],
  ])(
    "by a rule of %s for %s leaves every byte, and the reason names both",
    async (collection, name, $jsonSchema) => {
      await using field = await fieldDatabase({
        model: {
          chats: { participants: "users", scope: null },
          references: ["messages", "people"].map((other) => ({
            collection: other,
            field: other === "people" ? "chats" : "chat",
          })),
          fold: { tags: "union", unread: "sum" },
        },
        data: {
          chats: [1, 2].map((no) => ({ _id: id(no), users: ["a", "b"], tags: [no], unread: 3 })),
          messages: [1, 2].map((no) => ({ _id: no, chat: id(no) })),
          people: [{ _id: 1, chats: [id(1), id(2)] }],
        },
        collections: { [collection]: { validator: { $jsonSchema } } },
      });
      const before = [await field.all("chats"), await field.image("messages", "people")];
      expect(await field.up()).toMatchObject({ exit: 6 });
      const [survivor = {}, loser] = await field.all("chats");
      const { participantsKey: _, ...own } = survivor;
      expect([[own, loser], await field.image("messages", "people")]).toEqual(before);
      expect(await parkedChats(field.migration)).toMatchObject([
        { _id: id(2), reason: expect.stringMatching(new RegExp(`${collection}.*, because of ${name}$`)) },
      ]);
    },
  );
});

describe("a fold after which `where` would not select the survivor", () => {
  const below = (limit: number, n: readonly number[], more: ChatModelInput = {}): Promise<FieldDatabase> =>
    fieldDatabase({
      model: {
        chats: { participants: "users", scope: null, where: { n: { $lt: limit } } },
        references: [{ collection: "messages", field: "chat" }],
        fold: { n: "sum" },
        ...more,
      },
      data: {
        chats: n.map((one, at) => ({ _id: id(at + 1), users: ["a", "b"], n: one })),
        messages: n.map((_, at) => ({ _id: at + 1, chat: id(at + 1) })),
      },
    });
  const reason = expect.stringMatching(/"where" would not select its survivor .*\(n\)/);

  it("is planned as a parked chat, ends so, and leaves all as it was", async () => {
    await using field = await below(10, [6, 7]);
    const before = await field.image("chats", "messages");
    const { exit, plan } = await field.plan();
    expect([exit, plan.invalid]).toEqual([6, [{ chats: 1, examples: [id(2)], reason }]]);
    for (const retryParked of [false, true, false]) {
      expect(await field.up({ retryParked })).toMatchObject({ exit: 6 });
      expect(await field.one("chats", id(2))).toEqual({ _id: id(2), users: ["a", "b"], n: 7 });
      expect(await chatsOf(field)).toEqual([id(1), id(2)].map(String));
    }
    expect(await parkedChats(field.migration)).toMatchObject([{ _id: id(2), reason }]);
    expect(await field.verify()).toMatchObject({ exit: 6 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });

  it("is told from one after which it still does", async () => {
    await using field = await below(14, [6, 7]);
    expect(await field.plan()).toMatchObject({ exit: 0 });
    await expectMergedAndBack(field);
  });

  it("is seen inside $expr as well, and with values of which one is chosen there is none", async () => {
    const where = { $or: [{ none: 1 }, { $expr: { $lt: ["$n", 7] } }] };
    const chats = { participants: "users", scope: null, where };
    await using summed = await below(0, [6, 5], { chats });
    expect(await summed.plan()).toMatchObject({ exit: 6 });
    await using chosen = await below(0, [6, 5], { chats, fold: { n: "max" } });
    expect(await chosen.plan()).toMatchObject({ exit: 0 });
    await expectMergedAndBack(chosen);
  });
});
