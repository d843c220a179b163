import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat, ensureIndexes, findChat } from "../../src/index.ts";
import { migrateUp, migrationContext } from "../../src/migrate/index.ts";
import { keyOf } from "./direct-chats.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

type Survivor = NonNullable<NonNullable<ChatModelInput["chats"]>["survivor"]>;

function modelOf(survivor: Survivor): ChatModelInput {
  return {
    chats: { participants: "users", scope: null, survivor },
    references: [{ collection: "messages", field: "chat" }],
    ignore: ["last", "tags"],
  };
}

const chat = (number: number, users: readonly string[], more: Document = {}): Document => ({
  _id: id(number),
  users,
  ...more,
});
const holders = async (field: FieldDatabase): Promise<readonly string[]> =>
  (await field.all("chats", { participantsKey: { $exists: true } })).map(({ _id }) => String(_id));

const day = (n: number): Date => new Date(Date.UTC(2020, 0, n));
/** Six chats of a and b; which one survives is for each case to say. */
const six = [
  chat(1, ["a", "b"], { at: day(3), n: null }),
  chat(2, ["b", "a"], { at: day(2), open: true, n: 5, tags: ["y", "a"] }),
  chat(3, ["a", "b"], { at: day(1), open: false, n: 9 }),
  chat(4, ["a", "b"], { at: day(2), open: true, n: 7 }),
  chat(5, ["b", "a"], { n: 7, last: { at: day(9) }, tags: ["x", "z"] }),
  chat(6, ["a", "b"], { at: null, last: [{ at: day(30) }] }),
];

describe("which chat of a set survives", () => {
  it.each<{ name: string; survivor: Survivor; best: number }>([
    { name: "the smallest _id", survivor: [], best: 1 },
    { name: "the smallest value, absence and null last", survivor: [{ min: "at" }], best: 3 },
    { name: "the greatest value", survivor: [{ max: "at" }], best: 1 },
    { name: "the smallest number, absence and null last", survivor: [{ min: "n" }], best: 2 },
    { name: "what a filter selects", survivor: [{ where: { open: true } }], best: 2 },
    {
      name: "of what a filter selects the greatest value",
      survivor: [{ where: { open: true } }, { max: "n" }],
      best: 4,
    },
    {
      name: "the first criterion that tells them apart",
      survivor: [
        { where: { users: "a" } },
        { where: { $expr: { $gt: ["$n", 6] } } },
        { min: "n" },
        { max: "at" },
      ],
      best: 4,
    },
    { name: "a value inside of a document, not of an array", survivor: [{ max: "last.at" }], best: 5 },
    { name: "arrays as a whole, several of them", survivor: [{ max: "users" }, { min: "tags" }], best: 5 },
  ])("is by $name", async ({ survivor, best }) => {
    await using field = await fieldDatabase({ model: modelOf(survivor), data: { chats: six } });
    const { plan } = await field.plan();
    expect(plan.duplicates.largest).toEqual([{ survivor: id(best), chats: 6 }]);
    await ensureIndexes(field.app());
    expect(await findChat(field.app(), { participants: ["a", "b"] })).toMatchObject({ id: String(id(best)) });
  });

  it("is compared over the whole set, however small the batches are", async () => {
    const model = modelOf([{ where: { open: true } }, { max: "n" }]);
    await using field = await fieldDatabase({
      model,
      data: { chats: [...six, chat(7, ["c"])], messages: [] },
    });
    const batch = { start: 1, min: 1, max: 1 };
    await migrateUp(migrationContext(field.db, { model, batch, graceMs: 0 }));
    expect(await holders(field)).toEqual([id(4), id(7)].map(String));
    expect((await field.one("chats", id(4)))["aliases"]).toHaveLength(5);
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.all("chats")).toEqual([...six, chat(7, ["c"])]);
  });

  it("is the same for the new version that claims, one by one and in batches", async () => {
    const sets = Array.from({ length: 40 }, (_, n) => `p${n}`);
    const chats = sets.flatMap((one, n) => [
      chat(3 * n + 1, [one, "b"], { at: day(2) }),
      chat(3 * n + 2, ["b", one], { at: day(1) }),
      chat(3 * n + 3, ["b", one]),
    ]);
    await using field = await fieldDatabase({ model: modelOf([{ min: "at" }]), data: { chats } });
    expect(await field.up({ to: "index" })).toMatchObject({ exit: 0 });
    const app = field.app();
    const alone = await createOrGetChat(app, { participants: ["p0", "b"] });
    const together = await Promise.all(sets.map((one) => createOrGetChat(app, { participants: ["b", one] })));
    const best = sets.map((_, n) => String(id(3 * n + 2)));
    expect(alone.chat.id).toBe(best[0]);
    expect(together.map((result) => result.chat.id)).toEqual(best);
    expect(await holders(field)).toEqual(best);
  });

  it("is who holds the key, even when a better one comes later, and plan says so", async () => {
    await using field = await fieldDatabase({
      model: modelOf([{ max: "n" }]),
      data: { chats: [chat(1, ["a", "b"], { n: 1 }), chat(2, ["a", "c"], { n: 1 })] },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect((await field.plan()).warnings).not.toContain("puts before");
    await field.insert("chats", chat(3, ["b", "a"], { n: 9 }), chat(4, ["a", "c"], { n: 0 }));
    const { warnings, plan } = await field.plan();
    expect(warnings).toContain(
      `1 set of people has a chat that "survivor" puts before the one that holds their key (such as ${String(id(3))})`,
    );
    expect(plan.duplicates.largest.map(({ survivor }) => survivor)).toEqual([id(1), id(2)]);
    expect(await createOrGetChat(field.app(), { participants: ["a", "b"] })).toMatchObject({
      chat: { id: String(id(1)) },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(3))).toMatchObject({ mergedInto: id(1) });
  });

  it("is the next best one where the best can have no key", async () => {
    const validator = { participantsKey: { $exists: false } };
    await using field = await fieldDatabase({
      model: modelOf([{ max: "n" }]),
      collections: { chats: { validator: { $or: [{ n: { $lt: 9 } }, validator] } } },
      data: {
        chats: [chat(1, ["a", "b"], { n: 1 }), chat(2, ["a", "b"], { n: 5 }), chat(3, ["a", "b"], { n: 9 })],
      },
    });
    await field.up();
    expect(await holders(field)).toEqual([String(id(2))]);
    expect(await field.one("chats", id(1))).toMatchObject({ mergedInto: id(2) });
  });

  it("of two holders of one key is the better one, and the other is parked if both have aliases", async () => {
    const keyed = (number: number, people: readonly string[], more: Document): Document =>
      chat(number, people, { participantsKey: keyOf(...people), ...more });
    await using field = await fieldDatabase({
      model: modelOf([{ max: "n" }]),
      data: { chats: [chat(1, ["a", "b"], { n: 1 }), chat(2, ["b", "a"], { n: 2 })] },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    await field.db.collection("chats").dropIndex("participantsKey_unique");
    // Somebody has restored a backup of the same chats beside.
    const aliases = [id(1)];
    await field.insert("chats", keyed(3, ["a", "b"], { n: 9, aliases }), keyed(4, ["a", "b"], { n: 99 }));
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.one("chats", id(3))).toMatchObject({ participantsKey: keyOf("a", "b") });
    expect(await field.one("chats", id(4))).toMatchObject({ mergedInto: id(3) });
    expect((await field.one("chats", id(2)))["participantsKey"]).toBeUndefined();
    const [parked] = await field.all("chat_merge_journal", { state: "parked" });
    expect(parked).toMatchObject({ _id: id(2), reason: expect.stringContaining("rollback --chat") });
  });
});

describe("people who stand crossed", () => {
  const crossed = ["p", "q", "r"].flatMap((one, n) => [
    { _id: id(2 * n + 1), from: one, to: "x" },
    { _id: id(2 * n + 2), from: "x", to: one },
  ]);
  const model: ChatModelInput = { chats: { participants: ["from", "to"], scope: null } };

  it("in most sets make plan ask first whether everybody has a chat document of their own", async () => {
    await using field = await fieldDatabase({
      model,
      data: { chats: [...crossed, { _id: id(9), from: 1, to: 2 }] },
    });
    const { plan } = await field.plan();
    expect(plan.warnings[0]).toMatch(
      /^3 of 4 sets of people have two chats that stand crossed.*"scope": "from"/,
    );
    const owned = field.beside({ chats: { participants: ["from", "to"], scope: "from" } });
    expect(await owned.plan()).toMatchObject({ exit: 0, warnings: expect.not.stringContaining("crossed") });
    await field.insert("chats", { from: "q", to: "x" }, { from: "r", to: "x" });
    expect((await field.plan()).warnings).not.toContain("crossed");
  });
});
