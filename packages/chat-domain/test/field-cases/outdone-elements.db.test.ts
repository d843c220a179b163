import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { fieldDatabase, id } from "./field-database.ts";

const chat = (number: number, ...log: readonly Document[]): Document => ({
  _id: id(number),
  users: ["a", "b"],
  log,
});

describe("an element that was edited, and then outdone by a newer one", () => {
  it.each([
    ["as it was edited", {}, 4],
    ["with what others have added taken out", { fold: { n: "sum" } as const }, 2],
  ])("comes back %s", async (_how, more, n) => {
    await using field = await fieldDatabase({
      model: {
        chats: { participants: "users", scope: null },
        fold: { log: { union: { by: "user", newestBy: "at", ...more } } },
      },
      data: {
        chats: [
          chat(1, { user: "a", at: 1, n: 1, text: "own" }),
          chat(2, { user: "a", at: 2, n: 2, text: "first" }),
        ],
      },
    });
    await field.up();
    const edited = { "log.0.at": 3, "log.0.n": 4, "log.0.text": "edited" };
    await field.change("chats", id(1), { $set: edited });
    const later = chat(3, { user: "a", at: 5, n: 8, text: "second" });
    await field.insert("chats", later);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(1)))["log"]).toMatchObject([{ at: 5, text: "second" }]);
    expect(await field.rollback({ chat: String(id(3)) })).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(1)))["log"]).toEqual([{ user: "a", at: 3, n: 4, text: "edited" }]);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(3)))["log"]).toEqual(later["log"]);
    expect((await field.one("chats", id(1)))["log"]).toEqual([{ user: "a", at: 3, n, text: "edited" }]);
  });

  it.each([{}, { newestBy: "at" }, { fold: { n: "sum" } as const }])(
    "stays where the application had made it before one of the same key came: %s",
    async (more) => {
      await using field = await fieldDatabase({
        model: {
          chats: { participants: "users", scope: null },
          fold: { log: { union: { by: "user", ...more } } },
        },
        data: { chats: [chat(1), chat(2)] },
      });
      await field.up();
      const own = { user: "a", at: 3, n: 1 };
      await field.change("chats", id(1), { $push: { log: own } });
      const later = chat(3, { user: "a", at: 5, n: 8 });
      await field.insert("chats", later);
      expect(await field.up()).toMatchObject({ exit: 0 });
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect((await field.one("chats", id(1)))["log"]).toEqual([own]);
      expect((await field.one("chats", id(3)))["log"]).toEqual(later["log"]);
    },
  );
});

describe("an element of a duplicate that the application has edited, and its old version as well", () => {
  it.each<readonly [string, Document, Document, Document]>([
    ["a field that folds", { fold: { readAt: "max" } }, { readAt: 9 }, { readAt: 7 }],
    ["a set that folds", { fold: { seenBy: "union" } }, { seenBy: ["a", "b"] }, { seenBy: ["b"] }],
    ["all of it, and the newest stays", { newestBy: "at" }, { at: 9, text: "new" }, { at: 7, text: "old" }],
    ["all of it, and the first stays", {}, { text: "new" }, { text: "old" }],
  ])("goes back to that duplicate, and is nowhere else: %s", async (_what, more, edit, earlier) => {
    await using field = await fieldDatabase({
      model: {
        chats: { participants: "users", scope: null },
        fold: { log: { union: { by: "user", ...more } } },
      },
      data: { chats: [chat(1), chat(2, { user: "a", at: 5, readAt: 5, seenBy: [] })] },
    });
    await field.up();
    const set = (values: Document): Document => ({
      $set: Object.fromEntries(Object.entries(values).map(([name, value]) => [`log.0.${name}`, value])),
    });
    await field.change("chats", id(1), set(edit));
    await field.change("chats", id(2), set(earlier));
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(1)))["log"]).toMatchObject([edit]);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(1)))["log"]).toEqual([]);
    expect((await field.one("chats", id(2)))["log"]).toMatchObject([{ user: "a", ...edit }]);
  });
});

it("leaves no empty array in the survivor that had none", async () => {
  await using field = await fieldDatabase({
    model: { chats: { participants: "users", scope: null }, fold: { log: { union: { by: "user" } } } },
    data: { chats: [{ _id: id(1), users: ["a", "b"] }, chat(2, { user: "a", text: "old" })] },
  });
  await field.up();
  await field.change("chats", id(1), { $set: { "log.0.text": "edited" } });
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.all("chats")).toEqual([
    { _id: id(1), users: ["a", "b"] },
    chat(2, { user: "a", text: "edited" }),
  ]);
});

it("shows a newer element of a duplicate only as long as that is merged, also where what folds was edited", async () => {
  const fold = { log: { union: { by: "user", newestBy: "at", fold: { tags: "union" } } } } as const;
  const newer = chat(2, { user: "a", at: 2, text: "newer" });
  await using field = await fieldDatabase({
    model: { chats: { participants: "users", scope: null }, fold },
    data: { chats: [chat(1, { user: "a", at: 1, text: "own", tags: ["x"] }), newer] },
  });
  await field.up();
  await field.change("chats", id(1), { $push: { "log.0.tags": "y" } });
  expect((await field.one("chats", id(1)))["log"]).toMatchObject([{ text: "newer", tags: ["x", "y"] }]);
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.all("chats")).toEqual([
    chat(1, { user: "a", at: 1, text: "own", tags: ["x", "y"] }),
    newer,
  ]);
});
