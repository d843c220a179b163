import { type Document, MongoServerError } from "mongodb";
import { describe, expect, it } from "vitest";
import { migrateUp, migrationContext, parkedChats } from "../../src/migrate/index.ts";
import { interruptedDatabase } from "../migrate/interrupted-database.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

const model = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "messages", field: "chat" }],
} as const;

async function threeChats(): Promise<FieldDatabase> {
  const numbers = [1, 2, 3];
  return fieldDatabase({
    model,
    data: {
      chats: numbers.map((number) => ({ _id: id(number), users: ["a", "b"] })),
      messages: numbers.map((number) => ({ _id: id(10 + number), chat: id(number) })),
    },
  });
}

async function upWith(field: FieldDatabase, before: (command: Document) => Promise<unknown>) {
  const db = interruptedDatabase(field.db, before);
  return migrateUp(migrationContext(db, { model, graceMs: 0, leaseMs: 3_000 }), { maxRuntimeMs: 60_000 });
}

const placesOf = async (field: FieldDatabase): Promise<readonly string[]> =>
  (await field.all("messages")).map(({ chat }) => String(chat));
const [first, second] = [1, 2].map((number) => String(id(number)));

describe("a duplicate for which the server always takes too long", () => {
  it("is set aside untouched after three limits, each longer than the one before", async () => {
    await using field = await threeChats();
    const loser = await field.one("chats", id(2));
    const given: number[] = [];
    const result = await upWith(field, (command) => {
      const moves = command["update"] === "messages" ? JSON.stringify(command["updates"]) : "";
      const isForward = moves.includes(`{"$literal":"${String(id(1))}"}`);
      if (!isForward || !moves.includes(String(id(12)))) return Promise.resolve();
      given.push(Number(command["maxTimeMS"]));
      return Promise.reject(new MongoServerError({ code: 50, message: "operation exceeded time limit" }));
    });
    expect(result).toMatchObject({ outcome: "parked", parked: 1 });
    expect(await parkedChats(field.migration)).toMatchObject([{ _id: id(2) }]);
    const last = given.slice(-3);
    expect(last).toEqual(last.toSorted((a, b) => a - b));
    expect(last[0]).toBeLessThan(last[2] ?? 0);
    expect(await field.one("chats", id(2))).toEqual(loser);
    expect(await placesOf(field)).toEqual([first, second, first]);
  });
});

describe("a chat that becomes another one in the middle of its merge", () => {
  it.each([
    ["the duplicate, just before its tombstone", id(2), "mergedAt"],
    ["the duplicate, just before its copy", id(2), "chats_archive"],
    ["the survivor, just before the tombstone", id(1), "mergedAt"],
    ["the survivor, just before the copy", id(1), "chats_archive"],
  ])("gives nobody's message to strangers: %s", async (_name, chat, step) => {
    await using field = await threeChats();
    let isDone = false;
    await upWith(field, async (command) => {
      const isChats = command["update"] === "chats" || command["aggregate"] === "chats";
      if (isDone || !isChats || !JSON.stringify(command).includes(step)) return;
      isDone = true;
      await field.change("chats", chat, { $push: { users: "c" } });
    });
    expect(isDone).toBe(true);
    await field.up();
    const chats = await field.all("chats");
    const peopleOf = (place: unknown): string =>
      String(chats.find(({ _id }) => String(_id) === String(place))?.["users"]);
    const people = (await placesOf(field)).map(peopleOf);
    // The third stays with the pair; the changed chat keeps what was its own, or what is its people's by now.
    const changed = Number(String(chat)) - 1;
    expect(people).toEqual([0, 1, 2].map((index) => (index === changed ? "a,b,c" : "a,b")));
  });
});

describe("a purge that dies just after it has deleted a duplicate", () => {
  it("leaves to a rollback what brings the duplicate back", async () => {
    await using field = await threeChats();
    const before = await field.image("chats", "messages");
    await field.up();
    const db = interruptedDatabase(field.db, (command) =>
      JSON.stringify(command).includes('"state":"purged"')
        ? Promise.reject(new Error("killed"))
        : Promise.resolve(),
    );
    const ctx = migrationContext(db, { model, graceMs: 0, leaseMs: 3_000 });
    await expect(migrateUp(ctx, { to: "purge", confirmDrained: true })).rejects.toThrow("killed");
    expect(await field.all("chats")).toHaveLength(1);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });
});
