import { Decimal128 } from "mongodb";
import { describe, expect, it } from "vitest";
import { fieldDatabase, id } from "./field-database.ts";

const users = ["a", "b"];
const odd: readonly unknown[] = [null, { of: 1 }, new Date(5), true, Decimal128.fromString("5"), 0.5, ""];

describe("chats whose _id is no id", () => {
  it.each([
    [
      "beside others",
      odd,
      [
        { _id: id(1), users },
        { _id: id(2), users },
      ],
    ],
    ["alone", [null], []],
  ])("are parked, and every command comes to its end: %s", async (_name, ids, others) => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null }, fold: { n: "sum" } },
      data: { chats: [...ids.map((_id) => ({ _id, users, tags: ["its own"] })), ...others] },
    });
    const before = await field.image("chats");
    const { exit, plan } = await field.plan();
    const invalid = plan.invalid.reduce((sum, { chats }) => sum + chats, 0);
    expect([exit, invalid]).toEqual([6, ids.length]);
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.all("chats", { participantsKey: { $exists: true } })).toHaveLength(others.length / 2);
    const { exit: verified, findings } = await field.verify();
    expect([verified, findings.length]).toEqual([6, ids.length]);
    expect(await field.up()).toMatchObject({ exit: 6 });
    expect(await field.purge()).toMatchObject({ exit: 6 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats")).toEqual(before);
  });
});

it("are read to their end in a clustered collection too", async () => {
  await using field = await fieldDatabase({
    model: {
      chats: { participants: "users", scope: null },
      references: [{ collection: "messages", field: "chat" }],
    },
    collections: { chats: { clusteredIndex: { key: { _id: 1 }, unique: true } } },
    data: {
      chats: [1, 2, id(3), id(4), "text"].map((_id) => ({ _id, users: ["a", "b"] })),
      messages: [{ _id: 1, chat: id(4) }],
    },
  });
  const before = await field.image("chats", "messages");
  expect(await field.plan()).toMatchObject({ exit: 0 });
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.verify()).toMatchObject({ exit: 0 });
  expect(await field.one("messages", 1)).toMatchObject({ chat: 1 });
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.image("chats", "messages")).toEqual(before);
});
