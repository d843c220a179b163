import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  fold: {
    lastAt: "max",
    firstAt: "min",
    title: { newestBy: "lastAt" },
    last: { newestBy: "last.at" },
    isPinned: "some",
    isMuted: "every",
    seen: { eachKey: "max" },
    members: { union: { by: "user", fold: { readAt: "max" } } },
  },
};

/** What folds, of a chat whose times are so much later than another one's. */
const fields = (minute: number): Document => ({
  lastAt: at(minute),
  firstAt: at(60 - minute),
  title: `title ${minute}`,
  last: { at: at(minute), text: `text ${minute}` },
  isPinned: false,
  isMuted: true,
  seen: { a: at(minute), b: at(1) },
  members: [{ user: "a", readAt: at(minute) }],
});
const chat = (number: number, minute: number, more: Document = {}): Document => ({
  _id: id(number),
  users: ["a", "b"],
  ...fields(minute),
  ...more,
});

/** One duplicate is merged, the application writes into the survivor, another duplicate comes and outdoes it. */
async function outdone(): Promise<FieldDatabase> {
  const field = await fieldDatabase({ model, data: { chats: [chat(1, 1), chat(2, 5)] } });
  await field.up();
  await field.change("chats", id(1), { $set: fields(7) });
  await field.insert("chats", chat(3, 9, { isPinned: true, isMuted: false }));
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.one("chats", id(1))).toMatchObject({ ...fields(9), isPinned: true, isMuted: false });
  return field;
}

describe("plain values that the application has written between two folds", () => {
  it("are what a rollback gives back, and it says so", async () => {
    await using field = await outdone();
    const { exit, events } = await field.rollback({ to: "none" });
    expect(exit).toBe(0);
    expect(await field.one("chats", id(1))).toEqual(chat(1, 7));
    expect(await field.one("chats", id(2))).toEqual(chat(2, 5));
    expect(events).toContainEqual(
      expect.objectContaining({ event: "note", message: expect.stringContaining("lastAt of 1 documents") }),
    );
  });

  it("are so after a purge too", async () => {
    await using field = await outdone();
    await field.purge();
    await field.rollback({ to: "none" });
    expect(await field.one("chats", id(1))).toEqual(chat(1, 7));
  });

  it("come back with the one duplicate that has outdone them, and stay when the other goes", async () => {
    await using field = await outdone();
    await field.rollback({ chat: String(id(3)) });
    expect(await field.one("chats", id(1))).toMatchObject(fields(7));
    await field.rollback({ to: "none" });
    expect(await field.one("chats", id(1))).toEqual(chat(1, 7));
  });

  it("count for what an outdoing duplicate writes later", async () => {
    await using field = await outdone();
    await field.change("chats", id(3), { $set: { lastAt: at(8) } });
    await field.up();
    expect(await field.one("chats", id(1))).toMatchObject({ lastAt: at(8) });
    await field.change("chats", id(3), { $set: { lastAt: at(6) } });
    await field.up();
    expect(await field.one("chats", id(1))).toMatchObject({ lastAt: at(7) });
    await field.change("chats", id(1), { $set: { lastAt: at(3) } });
    await field.insert("chats", chat(4, 4));
    await field.up();
    expect(await field.one("chats", id(1))).toMatchObject({ lastAt: at(4) });
    await field.rollback({ to: "none" });
    expect(await field.one("chats", id(1))).toMatchObject({ lastAt: at(3) });
  });
});

describe("sums below zero", () => {
  it("are added and taken apart as they are", async () => {
    const signed: ChatModelInput = {
      chats: { participants: "users", scope: null },
      fold: { balance: "sum" },
    };
    const data = { chats: [2, -5].map((balance, n) => ({ _id: id(n + 1), users: ["a", "b"], balance })) };
    await using field = await fieldDatabase({ model: signed, data });
    await field.up();
    expect(await field.one("chats", id(1))).toMatchObject({ balance: -3 });
    await field.change("chats", id(1), { $inc: { balance: -4 } });
    await field.change("chats", id(2), { $inc: { balance: 3 } });
    await field.up();
    expect(await field.one("chats", id(1))).toMatchObject({ balance: -4 });
    await field.rollback({ to: "none" });
    expect([await field.one("chats", id(1)), await field.one("chats", id(2))]).toMatchObject([
      { balance: -2 },
      { balance: -2 },
    ]);
  });
});

it("what a duplicate has given is given once more where an older state of the survivor is put back as a whole", async () => {
  const fold = { n: "sum", log: { union: { by: "_id" } } } as const;
  const chats = [1, 2].map((number) => ({
    _id: id(number),
    users: ["a", "b"],
    n: number,
    log: [{ _id: number }],
  }));
  await using field = await fieldDatabase({ model: { ...model, fold }, data: { chats } });
  await field.up();
  const { _id, ...read } = await field.one("chats", id(1));
  await field.change("chats", id(2), { $inc: { n: 10 }, $push: { log: { _id: 3 } } });
  await field.up();
  await field.change("chats", _id, read);
  expect(await field.verify()).toMatchObject({ exit: 5 });
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.one("chats", id(1))).toMatchObject({ n: 13, log: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] });
  expect(await field.verify()).toMatchObject({ exit: 0 });
  await field.rollback({ to: "none" });
  expect(await field.one("chats", id(1))).toEqual(chats[0]);
});
