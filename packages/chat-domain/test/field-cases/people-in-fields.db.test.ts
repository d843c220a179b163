import { Int32, Long, ObjectId, UUID } from "mongodb";
import { describe, expect, it } from "vitest";
import {
  assertIndexes,
  type ChatModelInput,
  createOrGetChat,
  ensureIndexes,
  findChat,
  listChats,
  participantsKey,
} from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

/** Applications whose chats have a field for each of their people: `{ senderId, receiverId }`. */
const pairs: ChatModelInput = {
  chats: { participants: ["senderId", "receiverId"], scope: null },
  references: [{ collection: "messages", field: "chat" }],
};
const chat = (number: number, senderId: unknown, receiverId: unknown, more = {}) => ({
  _id: id(number),
  senderId,
  receiverId,
  ...more,
});

describe("people in fields of their own", () => {
  it("are put there in the caller's order, and found in either", async () => {
    await using field = await fieldDatabase({ model: pairs });
    const app = field.app();
    await ensureIndexes(app);
    const { chat: made, created } = await createOrGetChat(app, { participants: ["zoe", "ada"] });
    expect(created).toBe(true);
    expect(await field.all("chats")).toMatchObject([{ senderId: "zoe", receiverId: "ada" }]);
    expect(made.participants).toEqual(["ada", "zoe"]);
    for (const participants of [
      ["zoe", "ada"],
      ["ada", "zoe"],
      ["ada", "zoe", "ada"],
    ]) {
      expect(await createOrGetChat(app, { participants })).toMatchObject({
        created: false,
        chat: { id: made.id },
      });
      expect(await findChat(app, { participants })).toMatchObject({ id: made.id });
    }
  });

  it("are both fields of somebody alone, and of more or fewer people than fields there is no chat", async () => {
    await using field = await fieldDatabase({ model: pairs });
    const app = field.app();
    await ensureIndexes(app);
    await createOrGetChat(app, { participants: ["ada"] });
    await createOrGetChat(app, { participants: ["bob", "bob"] });
    expect(await field.all("chats")).toMatchObject([
      { senderId: "ada", receiverId: "ada" },
      { senderId: "bob", receiverId: "bob" },
    ]);
    for (const find of [findChat, createOrGetChat])
      await expect(find(app, { participants: ["ada", "bob", "cyd"] })).rejects.toMatchObject({
        code: "INVALID_PARTICIPANTS",
        message: expect.stringContaining("senderId, receiverId"),
      });
  });

  it("get their chats from before, one by one and in batches, whoever has begun them", async () => {
    const old = Array.from({ length: 60 }, (_, n) =>
      n % 2 === 0 ? chat(n + 1, "bob", `p${n}`) : chat(n + 1, `p${n}`, "bob"),
    );
    await using field = await fieldDatabase({ model: pairs, data: { chats: old } });
    const app = field.app();
    expect(await field.up({ to: "index" })).toMatchObject({ exit: 0 });
    expect(await findChat(app, { participants: ["bob", "p1"] })).toMatchObject({ id: String(id(2)) });
    const alone = await createOrGetChat(app, { participants: ["p0", "bob"] });
    expect(alone).toMatchObject({ created: false, chat: { id: String(id(1)) } });
    const all = await Promise.all(
      old.map((_, n) => createOrGetChat(app, { participants: [`p${n}`, "bob"] })),
    );
    expect(all.map(({ chat: { id: got } }) => got)).toEqual(old.map(({ _id }) => String(_id)));
    expect(await createOrGetChat(app, { participants: ["p0", "p1"] })).toMatchObject({ created: true });
  });

  it("are never taken for others, whatever stands in a field", async () => {
    const damaged = [
      chat(1, ["a", "x"], "b"),
      chat(2, "a", null),
      { _id: id(3), senderId: "a" },
      chat(4, "a", ["b"]),
      chat(5, { id: "a" }, "b"),
      chat(6, "a", "a"),
      { _id: id(7) },
    ];
    await using field = await fieldDatabase({
      model: pairs,
      data: { chats: [...damaged, chat(8, "b", "a")] },
    });
    expect((await field.plan()).plan.invalid.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^senderId is an array/),
        expect.stringMatching(/^receiverId is null/),
        "it has no participants",
      ]),
    );
    expect(await field.up({ to: "index" })).toMatchObject({ exit: 0 });
    expect(await createOrGetChat(field.app(), { participants: ["a", "b"] })).toMatchObject({
      created: false,
      chat: { id: String(id(8)) },
    });
    expect(await field.up()).toMatchObject({ exit: 6 });
    const keyed = await field.all("chats", { participantsKey: { $exists: true } });
    expect(keyed.map(({ _id }) => _id)).toEqual([id(6), id(8)]);
    expect(await field.verify()).toMatchObject({ exit: 6 });
  });

  it("are merged whichever way round, listed from both sides, checked and brought back to the byte", async () => {
    const data = {
      chats: [chat(1, "a", "b"), chat(2, "b", "a"), chat(3, "a", "b"), chat(4, "a", "c"), chat(5, "c", "c")],
      messages: [1, 2, 3, 4, 5].map((n) => ({ _id: id(100 + n), chat: id(n), m: `m${n}` })),
    };
    await using field = await fieldDatabase({ model: pairs, data });
    const before = await field.image("chats", "messages");
    const { plan, exit } = await field.plan();
    expect({ exit, duplicates: plan.duplicates.losers }).toEqual({ exit: 0, duplicates: 2 });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0, findings: [] });
    const app = field.app();
    await assertIndexes(app);
    const listed = async (participant: string) =>
      (await listChats(app, { participant })).chats.map((one) => one.id);
    expect(await listed("a")).toEqual([id(4), id(1)].map(String));
    expect(await listed("b")).toEqual([id(1)].map(String));
    expect(await listed("c")).toEqual([id(5), id(4)].map(String));
    expect(await field.all("messages", { chat: id(1) })).toHaveLength(3);
    const indexes = await field.db.collection("chats").indexes();
    expect(indexes.map(({ key }) => key)).toEqual(
      expect.arrayContaining([
        { senderId: 1, _id: 1 },
        { receiverId: 1, _id: 1 },
      ]),
    );
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });

  it("may lie inside of documents, and pages of them go through without a repetition", async () => {
    const model: ChatModelInput = {
      chats: { participants: ["people.buyer.id", "people.seller.id"], scope: null },
    };
    await using field = await fieldDatabase({ model });
    const app = field.app();
    await ensureIndexes(app);
    for (let n = 0; n < 7; n += 1)
      await createOrGetChat(app, { participants: n % 2 === 0 ? ["me", `p${n}`] : [`p${n}`, "me"] });
    await Promise.all([1, 2].map((n) => createOrGetChat(app, { participants: [`q${n}`, "me"] })));
    expect(await field.all("chats", { "people.buyer.id": "q1" })).toMatchObject([
      { people: { buyer: { id: "q1" }, seller: { id: "me" } } },
    ]);
    const seen: string[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page = await listChats(app, { participant: "me", after, limit: 2 });
      seen.push(...page.chats.map((one) => one.id));
      after = page.next;
    }
    expect(seen).toHaveLength(9);
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
  });

  it.each([
    { type: "objectId", people: [new ObjectId(), new ObjectId(), new ObjectId()] },
    { type: "uuid", people: [new UUID(), new UUID(), new UUID()] },
    { type: "int", people: [new Int32(1), new Int32(2), new Int32(3)] },
    { type: "long", people: [1, 2, 3].map((n) => Long.fromNumber(n)) },
  ] as const)(
    "are stored as $type where the application's are, and read in every form",
    async ({ type, people }) => {
      const [ada, bob, cyd] = people;
      const typed: ChatModelInput = {
        chats: { participants: ["from", "to"], participantType: type, scope: "tenant", scopeType: type },
      };
      await using field = await fieldDatabase({
        model: typed,
        data: { chats: [{ _id: id(1), from: ada, to: String(bob) }] },
      });
      expect(await field.up()).toMatchObject({ exit: 0 });
      const app = field.app();
      expect(await findChat(app, { participants: [bob, ada].map(String) })).toMatchObject({
        id: String(id(1)),
      });
      const { chat: made } = await createOrGetChat(app, {
        participants: [cyd, String(ada)],
        scope: String(bob),
      });
      const stored = { int: "int", long: "long", uuid: "binData", objectId: "objectId" }[type];
      const all = { from: { $type: stored }, to: { $type: stored }, tenant: { $type: stored } };
      expect((await field.all("chats", all)).map(({ _id }) => String(_id))).toEqual([made.id]);
      await expect(createOrGetChat(app, { participants: [ada, "nobody"] })).rejects.toMatchObject({
        code: "INVALID_PARTICIPANTS",
        position: 1,
      });
    },
  );

  it("that are of another type than the model says are told of by plan, and not written beside", async () => {
    const numbers = [chat(1, 1, 2), chat(2, 2, 1), chat(3, 4, 5)];
    await using field = await fieldDatabase({ model: pairs, data: { chats: numbers } });
    expect(await field.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringContaining("senderId, receiverId: set chats.participantType"),
    });
    await using mixed = await fieldDatabase({
      model: pairs,
      data: { chats: [...numbers, chat(4, "a", "b")] },
    });
    expect(await mixed.plan()).toMatchObject({
      exit: 0,
      warnings: expect.stringContaining("3 chats hold people"),
    });
  });
});

describe("people in fields who change", () => {
  it("leave a holder that is not handed out, and that up or drift takes the key off", async () => {
    await using field = await fieldDatabase({ model: pairs, data: { chats: [chat(1, "a", "b")] } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    await field.change("chats", id(1), { $set: { receiverId: "c" } });
    await expect(createOrGetChat(field.app(), { participants: ["a", "b"] })).rejects.toMatchObject({
      code: "INTEGRITY",
    });
    expect(await field.verify()).toMatchObject({ exit: 5, findings: [{ code: "WRONG_KEY" }] });
    const releasing = field.beside({ chats: { ...pairs.chats, drift: "release" } });
    expect(await createOrGetChat(releasing.app(), { participants: ["b", "a"] })).toMatchObject({
      created: true,
    });
    expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: participantsKey(["a", "c"]) });
    await field.change("chats", id(1), { $set: { senderId: "d" } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: participantsKey(["c", "d"]) });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});
