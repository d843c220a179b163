import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { fieldDatabase, id } from "./field-database.ts";
import { mergedDatabase, model, row, unreadRows } from "./rows-made-anew.ts";

describe("rows that the old version has made anew", () => {
  it("come back in the row in whose place they would stand, to the unit", async () => {
    await using field = await mergedDatabase();
    expect(await unreadRows(field)).toEqual([
      [1, "a", 7, "_id,foldedFrom"],
      [1, "b", 24, "_id,foldedFrom"],
    ]);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await unreadRows(field)).toEqual([
      [1, "a", 1, "_id"],
      [2, "a", 6, "_id"],
      [2, "b", 24, "_id"],
    ]);
  });

  it("get what was edited and deleted of the elements of the row in whose place they stand", async () => {
    const fold = { log: { union: { by: "_id" } } } as const;
    const entry = (number: number, text: string): Document => ({ _id: number, text });
    await using field = await fieldDatabase({
      model: { ...model, references: [{ collection: "members", field: "chat", onConflict: "fold", fold }] },
      data: {
        chats: [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"] })),
        members: [
          { _id: 1, chat: id(1), user: "a", log: [entry(1, "own")] },
          { _id: 2, chat: id(2), user: "a", log: [entry(2, "old"), entry(3, "old"), entry(4, "old")] },
        ],
      },
      indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
    });
    await field.up();
    await field.change("members", 1, { $set: { "log.1.text": "new" } });
    await field.change("members", 1, { $pull: { log: { _id: 3 } } });
    await field.insert("members", { _id: 9, chat: id(2), user: "a", log: [entry(5, "anew")] });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect((await field.all("members")).map(({ log }) => log as unknown)).toEqual([
      [entry(1, "own")],
      [entry(5, "anew"), entry(2, "new"), entry(4, "old")],
    ]);
  });

  it("and have not been taken along get what the others had", async () => {
    await using field = await mergedDatabase();
    await field.insert("members", row(26, 2, 32));
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await unreadRows(field)).toEqual([
      [1, "a", 1, "_id"],
      [2, "b", 24, "_id"],
      [2, "a", 38, "_id"],
    ]);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await unreadRows(field)).toHaveLength(3);
  });
});
