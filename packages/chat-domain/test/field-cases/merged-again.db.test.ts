import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "members", field: "chat", onConflict: "fold", fold: { unread: "sum" } }],
  fold: { count: "sum" },
};
const row = (number: number, chat: number, unread: number): Document => ({
  _id: id(number),
  chat: id(chat),
  user: "a",
  unread,
});
const data = {
  chats: [1, 2, 3].map((n) => ({ _id: id(n), users: ["a", "b"], count: n })),
  members: [row(21, 1, 1), row(22, 2, 2), row(23, 3, 4)],
};
const indexes = [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }] as const;

describe("duplicates that are merged again after a rollback", () => {
  it("go into whichever chat and row stand for them then", async () => {
    await using field = await fieldDatabase({ model, data, indexes });
    await field.up();
    await field.rollback({ to: "none" });
    await field.db.collection("chats").deleteOne({ _id: id(1) });
    await field.db.collection("members").deleteOne({ _id: id(21) });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(2))).toMatchObject({ count: 5, aliases: [id(3)] });
    expect(await field.all("members")).toMatchObject([{ _id: id(22), chat: id(2), unread: 6 }]);
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.all("members")).toEqual(data.members.slice(1));
    expect(await field.all("chats")).toEqual(data.chats.slice(1));
  });
});

describe("duplicates whose merge was undone, as `where` did not select their survivor any more", () => {
  it("come out to the byte, whatever has folded in between", async () => {
    const where = { count: { $lt: 5 } };
    await using field = await fieldDatabase({
      model: { ...model, chats: { ...model.chats, where } },
      data,
      indexes,
    });
    const before = await field.image("chats", "members");
    const { events } = await field.up({ to: "merge" });
    expect(JSON.stringify(events)).not.toContain("has lost the marks");
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "members")).toEqual(before);
  });
});
