import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

describe("plan says which elements a union does not take", () => {
  const said = (n: number, _id: unknown = id(9)) => ({ _id, n });
  it.each([
    ["several with one key in a duplicate", [said(1)], [said(2), said(3, String(id(9))), said(4, 7)], true],
    ["none where each has its own, or none", [said(1)], [said(2), { n: 3 }, { n: 4 }, "text"], false],
    ["none of the survivor's, which all stay", [said(1), said(2)], [said(3)], false],
  ] as const)("%s", async (_name, mine, theirs, isSaid) => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null }, fold: { log: { union: { by: "_id" } } } },
      data: { chats: [mine, theirs].map((log, at) => ({ _id: id(at), users: ["a", "b"], log })) },
    });
    const { exit, warnings } = await field.plan();
    expect([exit, warnings.includes("several elements in log with one _id")]).toEqual([0, isSaid]);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });
});

describe("of several elements with one key in a duplicate, a rollback", () => {
  const theirs = [{ _id: 1 }, { _id: 1, at: 5, text: "b" }, { _id: 2, at: 6 }];
  const databaseOf = (fold: NonNullable<ChatModelInput["fold"]>[string]) =>
    fieldDatabase({
      model: { chats: { participants: "users", scope: null }, fold: { log: fold } },
      data: {
        chats: [[{ _id: 9, at: 7 }], theirs, [{ _id: 3, at: 8 }]].map((log, at) => ({
          _id: id(at),
          users: ["a", "b"],
          log,
        })),
      },
    });

  it.each([
    ["gives each back where all are kept", { concat: {} }, theirs],
    ["and where they are put in order", { concat: { orderBy: "at" } }, theirs],
    ["and where the first counts", { union: { by: "_id" } }, theirs],
  ] as const)("%s", async (_name, fold, expected) => {
    await using field = await databaseOf(fold);
    await field.up();
    for (const number of [2, 1])
      expect(await field.rollback({ chat: String(id(number)) })).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(1)))["log"]).toEqual(expected);
  });

  it("gives an edit back to the first alone, which is the one that has counted", async () => {
    await using field = await databaseOf({ union: { by: "_id" } });
    await field.up();
    await field.change("chats", id(0), { $set: { "log.1.text": "edited" } });
    await field.rollback({ chat: String(id(1)) });
    const [first, ...rest] = theirs;
    expect((await field.one("chats", id(1)))["log"]).toEqual([{ ...first, text: "edited" }, ...rest]);
  });
});
