import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat, type LegacyPolicy, participantsKey } from "../../src/index.ts";
import { parkedChats } from "../../src/migrate/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** Somebody has dropped the unique index: the repair takes a key from nobody but from the second of two holders. */
const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "messages", field: "chat" }],
};
const pairs = 10;
const keyOf = (...people: readonly string[]): string => participantsKey(people);
const peopleOf = (pair: number): readonly string[] => [`left-${pair}`, `right-${pair}`];

/** Ten pairs, every one with a message, and with a duplicate where the database was merged before. */
function legacyData(duplicates: number): Readonly<Record<string, readonly Document[]>> {
  const numbers = Array.from({ length: pairs + duplicates }, (_, number) => 0x100 + number);
  return {
    chats: numbers.map((number, index) => ({ _id: id(number), users: peopleOf(index % pairs) })),
    messages: numbers.map((number) => ({ _id: id(number), chat: id(number) })),
  };
}

async function keyedDatabase({ duplicates = 0, sealed = false } = {}): Promise<FieldDatabase> {
  const field = await fieldDatabase({ model, data: legacyData(duplicates), collMod: sealed });
  expect(await field.up({ to: sealed ? "seal" : "settle" })).toMatchObject({ exit: 0 });
  expect(await field.verify()).toMatchObject({ exit: 0 });
  return field;
}

async function dropKeyIndex({ db }: FieldDatabase): Promise<void> {
  await db.collection("chats").dropIndex("participantsKey_unique");
}

async function keysById(field: FieldDatabase): Promise<Readonly<Record<string, unknown>>> {
  const chats = await field.all("chats");
  return Object.fromEntries(chats.map(({ _id, participantsKey: key }) => [String(_id), key]));
}

async function hasKeyIndex({ db }: FieldDatabase): Promise<boolean> {
  return (await db.collection("chats").indexes()).some(
    ({ key, unique }) => unique === true && "participantsKey" in key,
  );
}

/** Tombstones whose survivor is a tombstone itself, or gone. */
async function strayTombstones(field: FieldDatabase): Promise<readonly unknown[]> {
  const chats = await field.all("chats");
  const live = new Set(
    chats.filter((chat) => chat["mergedInto"] === undefined).map(({ _id }) => String(_id)),
  );
  return chats.filter(({ mergedInto }) => mergedInto !== undefined && !live.has(String(mergedInto)));
}

describe("the runbook's `up --to index`", () => {
  const ways = (["claim", "none"] as const).flatMap((legacy) =>
    [false, true].flatMap((sealed) => [0, pairs].map((duplicates) => ({ legacy, sealed, duplicates }))),
  );

  it.each<{ legacy: LegacyPolicy; sealed: boolean; duplicates: number }>(ways)(
    "builds the index, keeps every key, and every pair finds its chat ($legacy, sealed: $sealed, merged before: $duplicates)",
    async ({ legacy, sealed, duplicates }) => {
      await using field = await keyedDatabase({ duplicates, sealed });
      const before = await keysById(field);
      await dropKeyIndex(field);
      expect(await field.up({ to: "index" })).toMatchObject({ exit: 0 });
      expect(await hasKeyIndex(field)).toBe(true);
      expect(await keysById(field)).toEqual(before);
      const app = field.app({ legacy });
      for (let pair = 0; pair < pairs; pair += 1) {
        expect(await createOrGetChat(app, { participants: peopleOf(pair) })).toMatchObject({
          created: false,
          chat: { id: String(id(0x100 + pair)) },
        });
      }
      expect(await strayTombstones(field)).toEqual([]);
      expect(await field.verify()).toMatchObject({ exit: 0 });
      expect(await field.up()).toMatchObject({ exit: 0 });
      expect(await field.verify()).toMatchObject({ exit: 0 });
    },
  );

  it("leaves a rollback to none possible, to the last byte", async () => {
    await using field = await fieldDatabase({ model, data: legacyData(pairs) });
    const before = await field.image("chats", "messages");
    await field.up();
    await dropKeyIndex(field);
    await field.up();
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });
});

describe("two chats that got the same key while the index was gone", () => {
  const key = keyOf(...peopleOf(0));
  const twin = (number: number): Document => ({ _id: id(number), users: peopleOf(0), participantsKey: key });

  it.each([false, true])(
    "become one, of the older one, and no other chat is touched (sealed: %s)",
    async (sealed) => {
      await using field = await keyedDatabase({ sealed });
      const others = (await field.all("chats")).slice(1);
      await dropKeyIndex(field);
      await field.insert("chats", twin(0x900));
      await field.insert("messages", { _id: id(0x900), chat: id(0x900) });
      expect(await field.up({ to: "index" })).toMatchObject({ exit: 0 });
      expect(await keysById(field)).toMatchObject({ [String(id(0x100))]: key });
      expect(await field.one("chats", id(0x900))).not.toHaveProperty("participantsKey");
      expect(await field.up()).toMatchObject({ exit: 0 });
      expect(await field.one("messages", id(0x900))).toMatchObject({ chat: id(0x100) });
      expect(await field.one("chats", id(0x900))).toMatchObject({ mergedInto: id(0x100) });
      expect((await field.all("chats")).slice(1, -1)).toEqual(others);
      expect(await field.verify()).toMatchObject({ exit: 0 });
    },
  );

  it.each([false, true])(
    "become one, of the one with aliases, were it younger (sealed: %s)",
    async (sealed) => {
      await using field = await keyedDatabase({ duplicates: pairs, sealed });
      await dropKeyIndex(field);
      await field.insert("chats", twin(1));
      await field.insert("messages", { _id: id(1), chat: id(1) });
      expect(await field.up()).toMatchObject({ exit: 0 });
      expect(await field.one("chats", id(0x100))).toMatchObject({ participantsKey: key });
      expect(await field.one("chats", id(1))).toMatchObject({ mergedInto: id(0x100) });
      expect(await field.one("messages", id(1))).toMatchObject({ chat: id(0x100) });
      expect(await strayTombstones(field)).toEqual([]);
      expect(await field.verify()).toMatchObject({ exit: 0 });
    },
  );

  it("of which both have aliases: one keeps the key, the other is parked with the way out", async () => {
    await using field = await keyedDatabase({ duplicates: pairs });
    await dropKeyIndex(field);
    // A second survivor, as an earlier repair could leave one: with a duplicate of its own.
    await field.insert(
      "chats",
      { ...twin(1), aliases: [id(2)] },
      { _id: id(2), users: peopleOf(0), mergedInto: id(1) },
    );
    await field.insert("chat_redirects", { _id: id(2), to: id(1), since: new Date(0) });
    expect(await field.up()).toMatchObject({ exit: 6 });
    const parked = await parkedChats(field.migration);
    expect(parked).toMatchObject([{ _id: id(0x100), reason: expect.stringContaining("rollback --chat") }]);
    expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: key });
    expect(await field.one("chats", id(0x100))).not.toHaveProperty("mergedInto");
    expect(await strayTombstones(field)).toEqual([]);
  });

  it("of which one is of other people: the wrong key gives way, however old its holder", async () => {
    await using field = await keyedDatabase();
    await dropKeyIndex(field);
    await field.insert("chats", { _id: id(1), users: ["x", "y"], participantsKey: key });
    await field.insert("messages", { _id: id(1), chat: id(1) });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await keysById(field)).toMatchObject({
      [String(id(0x100))]: key,
      [String(id(1))]: keyOf("x", "y"),
    });
    expect(await field.one("messages", id(1))).toMatchObject({ chat: id(1) });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("while the application goes on making others: the repair ends, and nobody is left double", async () => {
    await using field = await keyedDatabase();
    await dropKeyIndex(field);
    const twins = Array.from({ length: pairs }, (_, pair) => ({
      _id: id(0x900 + pair),
      users: peopleOf(pair),
      participantsKey: keyOf(...peopleOf(pair)),
    }));
    const refusals: unknown[] = [];
    const writing = (async () => {
      for (const one of twins) {
        // From some moment on the index is there, and judges.
        await field.insert("chats", one).catch((error: unknown) => refusals.push(error));
      }
    })();
    const first = await field.up();
    await writing;
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 11_000 });
    expect([0, 1]).toContain(first.exit);
    expect(await field.up()).toMatchObject({ exit: 0 });
    const live = await field.all("chats", { mergedInto: { $exists: false } });
    expect(live.map(({ _id }) => String(_id))).toEqual(
      Array.from({ length: pairs }, (_, pair) => String(id(0x100 + pair))),
    );
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});

describe("a refusal that comes back unchanged", () => {
  it("as a validator demands a key or a merge: the run ends with its reason, and so does a rollback", async () => {
    const key = keyOf(...peopleOf(0));
    const likeASeal = {
      $or: [{ participantsKey: { $type: "string" } }, { mergedInto: { $exists: true, $ne: null } }],
    };
    await using field = await fieldDatabase({
      model,
      data: {
        chats: [
          { _id: id(1), users: peopleOf(0), participantsKey: key },
          { _id: id(2), users: peopleOf(0), participantsKey: key },
        ],
        messages: [{ _id: id(2), chat: id(2) }],
      },
      collections: { chats: { validator: likeASeal, validationLevel: "moderate" } },
    });
    const ended = await field.up();
    expect([1, 3, 6]).toContain(ended.exit);
    expect(`${ended.text} ${JSON.stringify(await parkedChats(field.migration))}`).toMatch(/validat/i);
    expect(await field.one("messages", id(2))).toMatchObject({ chat: id(2) });
    const text: unknown = expect.stringMatching(/validator refuses .* participantsKey/);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 1, text });
  });

  it("as a validator of the application demands the key to stay: the run ends with its reason", async () => {
    await using field = await fieldDatabase({
      model,
      data: {
        chats: [
          { _id: id(1), users: ["a", "b"], participantsKey: keyOf("a", "b") },
          { _id: id(2), users: ["a", "b"], participantsKey: keyOf("a", "b") },
        ],
        messages: [],
      },
      collections: { chats: { validator: { $jsonSchema: { required: ["participantsKey"] } } }, messages: {} },
    });
    const ended = await field.up();
    expect([1, 3, 6]).toContain(ended.exit);
    expect(`${ended.text} ${JSON.stringify(await parkedChats(field.migration))}`).toMatch(/validat/i);
  });
});
