import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

type Fold = NonNullable<ChatModelInput["fold"]>[string];

/** Two chats of the same people, merged. */
async function merged(
  fold: Fold,
  own: Document = {},
  other: Document = {},
  path = "f",
): Promise<FieldDatabase> {
  const field = await fieldDatabase({
    model: { chats: { participants: "users", scope: null }, fold: { [path]: fold } },
    data: { chats: [own, other].map((more, at) => ({ _id: id(at + 1), users: ["a", "b"], ...more })) },
  });
  expect(await field.up()).toMatchObject({ exit: 0 });
  return field;
}

async function heldBy(field: FieldDatabase): Promise<readonly Document[]> {
  return (await field.all("chats")).map(({ f }) => (f === undefined ? {} : { f }));
}

describe("what the application makes in the survivor, and does not show in a fold", () => {
  const made: readonly (readonly [string, Fold, unknown, unknown])[] = [
    ["a zero", "sum", 0, 3],
    ["null", "sum", null, 3],
    ["a key of zero", { eachKey: "sum" }, { a: 0 }, { a: 3 }],
    ["a key's document with a zero", { eachKey: { fold: { n: "sum" } } }, { a: { n: 0 } }, { a: { n: 3 } }],
    ["an empty map", { eachKey: "sum" }, {}, { a: 3 }],
    ["an empty set", "union", [], ["x"]],
    ["an empty list", { concat: {} }, [], ["x"]],
    ["an empty list of documents", { union: { by: "k" } }, [], [{ k: 1 }]],
    [
      "an element with a zero",
      { union: { by: "k", fold: { n: "sum" } } },
      [{ k: 1, n: 0 }],
      [{ k: 1, n: 3 }],
    ],
  ];

  it.each(made)(
    "is there when everything is undone, and after a purge: %s",
    async (_name, fold, own, later) => {
      for (const isPurged of [false, true]) {
        await using field = await merged(fold);
        await field.change("chats", id(1), { $set: { f: own } });
        await field.change("chats", id(2), { $set: { f: later } });
        expect(await field.up()).toMatchObject({ exit: 0 });
        expect((await heldBy(field))[0]).toEqual({ f: later });
        if (isPurged) await field.purge();
        expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
        expect(await heldBy(field)).toEqual([{ f: own }, { f: later }]);
      }
    },
  );

  it("is the document on a fold's path, empty or emptied", async () => {
    for (const other of [{}, { f: { n: 2 } }]) {
      await using field = await merged("sum", {}, other, "f.n");
      await field.change("chats", id(1), { $set: { f: {} } });
      await field.change("chats", id(2), { $set: { f: { n: 3 } } });
      expect(await field.up()).toMatchObject({ exit: 0 });
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await heldBy(field)).toEqual([{ f: {} }, { f: { n: 3 } }]);
    }
  });

  it("is there although the duplicate had the same already", async () => {
    await using field = await merged("union", {}, { f: [] });
    await field.change("chats", id(1), { $set: { f: [] } });
    await field.change("chats", id(2), { $set: { f: ["x"] } });
    await field.up();
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await heldBy(field)).toEqual([{ f: [] }, { f: ["x"] }]);
  });

  it("is below zero, and so a sum that may be so again", async () => {
    await using field = await merged("sum");
    await field.change("chats", id(1), { $set: { f: -2 } });
    await field.change("chats", id(2), { $set: { f: 3 } });
    await field.up();
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await heldBy(field)).toEqual([{ f: -2 }, { f: 3 }]);
  });
});

describe("what the application has deleted in the survivor", () => {
  it.each<readonly [string, Fold, unknown, unknown, Document, Document]>([
    ["a sum", "sum", 1, 2, { $unset: { f: "" } }, {}],
    ["a sum below zero", "sum", 1, -5, { $unset: { f: "" } }, {}],
    ["a sum that is null", "sum", 1, 2, { $set: { f: null } }, { f: null }],
    ["a key", { eachKey: "sum" }, { a: 1, c: 1 }, { a: 2 }, { $unset: { "f.a": "" } }, { f: { c: 1 } }],
    ["all keys", { eachKey: "sum" }, { a: 1 }, { a: 2 }, { $set: { f: {} } }, { f: {} }],
    [
      "all keys of a map that a duplicate gave",
      { eachKey: "sum" },
      undefined,
      { a: 2 },
      { $set: { f: {} } },
      { f: {} },
    ],
    ["a map", { eachKey: "sum" }, { a: 1 }, { a: 2 }, { $unset: { f: "" } }, {}],
  ])("stays so when everything is undone: %s", async (_name, fold, own, other, update, left) => {
    await using field = await merged(fold, own === undefined ? {} : { f: own }, { f: other });
    await field.change("chats", id(1), update);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await heldBy(field)).toEqual([left, { f: other }]);
  });

  it("stays so although a duplicate has gained since, each in a field of its own", async () => {
    type Gained = readonly [Fold, unknown, unknown, Document, unknown, Document];
    const cases: Readonly<Record<string, Gained>> = {
      "a sum": ["sum", 1, 2, { $unset: { f: "" } }, 5, {}],
      "a sum that is null": ["sum", 1, 2, { $set: { f: null } }, 5, { f: null }],
      "a key": [
        { eachKey: "sum" },
        { a: 1, c: 1 },
        { a: 2 },
        { $unset: { "f.a": "" } },
        { a: 5 },
        { f: { c: 1 } },
      ],
      "all keys": [{ eachKey: "sum" }, undefined, { a: 2 }, { $set: { f: {} } }, { a: 5 }, { f: {} }],
      "a map": [{ eachKey: "sum" }, { a: 1 }, { a: 2 }, { $unset: { f: "" } }, { a: 5 }, {}],
      "a set": ["union", ["x"], [], { $unset: { f: "" } }, ["x"], {}],
      "all of a set": ["union", ["x"], [], { $set: { f: [] } }, ["x"], { f: [] }],
      "one of a set": ["union", ["x", "y"], [], { $pull: { f: "x" } }, ["x"], { f: ["y"] }],
      "one of a list": [{ concat: {} }, ["x", "y"], [], { $pull: { f: "x" } }, ["x"], { f: ["y"] }],
      "all of a list": [{ concat: {} }, ["x"], [], { $set: { f: [] } }, ["x"], { f: [] }],
      "what not all have": ["intersection", ["x"], [], { $unset: { f: "" } }, ["y"], {}],
    };
    const fieldsOf = (of: (gained: Gained) => unknown): Document =>
      Object.fromEntries(
        Object.entries(cases).flatMap(([name, gained]) => {
          const value = of(gained);
          return value === undefined ? [] : [[name, value]];
        }),
      );
    const people = { users: ["a", "b"] };
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null }, fold: fieldsOf(([fold]) => fold) },
      data: {
        chats: [
          { _id: id(1), ...people, ...fieldsOf(([, own]) => own) },
          { _id: id(2), ...people, ...fieldsOf(([, , other]) => other) },
        ],
      },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    for (const [name, [, , , update]] of Object.entries(cases))
      for (const [operator, change] of Object.entries(update))
        for (const [path, value] of Object.entries(change as Document))
          await field.change("chats", id(1), { [operator]: { [path.replace(/^f/, name)]: value } });
    const later = fieldsOf(([, , , , gained]) => gained);
    await field.change("chats", id(2), { $set: later });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    const [survivor, loser] = await field.all("chats");
    expect(survivor).toEqual({ _id: id(1), ...people, ...fieldsOf(([, , , , , { f }]) => f as unknown) });
    expect(loser).toEqual({ _id: id(2), ...people, ...later });
  });

  it("is a key of zero that a duplicate gave", async () => {
    await using field = await merged({ eachKey: "sum" }, {}, { f: { a: 1 } });
    await field.change("chats", id(1), { $set: { "f.a": 0 } });
    await field.change("chats", id(2), { $set: { "f.a": 0 } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await heldBy(field)).toEqual([{ f: { a: 0 } }, { f: { a: 0 } }]);
  });
});
