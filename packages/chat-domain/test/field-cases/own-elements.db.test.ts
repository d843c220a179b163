import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

type Fold = NonNullable<ChatModelInput["fold"]>[string];

interface Own {
  readonly fold: Fold;
  /** What the first two chats hold. */
  readonly given: readonly [unknown, unknown];
  /** What the application writes into the survivor then. */
  readonly written: Document;
  /** What a later duplicate holds, and what the survivor holds with it. */
  readonly later: unknown;
  readonly merged: unknown;
  /** What is left once everything is undone. */
  readonly left: unknown;
}

const x = { text: "x" };
const of = (user: string, more: Document = {}): Document => ({ user, ...more });

const cases: readonly (readonly [string, Own])[] = [
  [
    "taken out of an intersection by a later duplicate",
    {
      fold: "intersection",
      given: [["a", "b"], ["a"]],
      written: { $push: { f: "c" } },
      later: ["a"],
      merged: ["a"],
      left: ["a", "b", "c"],
    },
  ],
  [
    "taken out of an intersection of documents, also one that was changed",
    {
      fold: { intersection: { by: "user" } },
      given: [
        [of("a"), of("b"), of("d"), x],
        [of("a"), of("b")],
      ],
      written: { $set: { "f.1": of("b", { at: 2 }) }, $unset: { g: "" } },
      later: [of("a")],
      merged: [of("a")],
      left: [of("a"), of("d"), x, of("b", { at: 2 })],
    },
  ],
  [
    "equal to one that a later duplicate brings to a set",
    {
      fold: "union",
      given: [["a"], ["b"]],
      written: { $push: { f: "c" } },
      later: ["c", "d"],
      merged: ["a", "b", "c", "d"],
      left: ["a", "c"],
    },
  ],
  [
    "equal to one that a later duplicate brings into a map's set",
    {
      fold: { eachKey: "union" },
      given: [{ k: ["a"] }, { k: ["b"] }],
      written: { $push: { "f.k": "c" } },
      later: { k: ["c"] },
      merged: { k: ["a", "b", "c"] },
      left: { k: ["a", "c"] },
    },
  ],
  [
    "equal to a key's document that a later duplicate brings",
    {
      fold: { eachKey: { fold: { n: "sum" } } },
      given: [{}, { k: { n: 1 } }],
      written: { $set: { "f.own": { o: 1 } } },
      later: { own: { o: 1, n: 0 } },
      merged: { k: { n: 1 }, own: { o: 1, n: 0 } },
      left: { own: { o: 1 } },
    },
  ],
];

/** Before a later duplicate came that lacks it as well. */
const takenOut: readonly (readonly [string, Own])[] = [
  [
    "an intersection",
    {
      fold: "intersection",
      given: [
        ["a", "b"],
        ["a", "b"],
      ],
      written: { $pull: { f: "b" } },
      later: ["a"],
      merged: ["a"],
      left: ["a"],
    },
  ],
  [
    "an intersection of documents",
    {
      fold: { intersection: { by: "user" } },
      given: [
        [of("a"), of("b")],
        [of("a"), of("b")],
      ],
      written: { $pull: { f: { user: "b" } } },
      later: [of("a")],
      merged: [of("a")],
      left: [of("a")],
    },
  ],
];

/** The application has deleted one of two equal ones: that its own is what is left cannot be told, but not that it is not. */
const deleted: readonly (readonly [string, Fold])[] = [
  ["a list", { concat: {} }],
  ["a list of elements without a key", { union: { by: "_id" } }],
];

async function merged({ fold, given, written, later }: Own): Promise<FieldDatabase> {
  const field = await fieldDatabase({
    model: { chats: { participants: "users", scope: null }, fold: { f: fold } },
    data: { chats: given.map((f, at) => ({ _id: id(at + 1), users: ["a", "b"], f })) },
  });
  await field.up();
  await field.change("chats", id(1), written);
  await field.insert("chats", { _id: id(3), users: ["a", "b"], f: later });
  expect(await field.up()).toMatchObject({ exit: 0 });
  return field;
}

async function heldBy(field: FieldDatabase): Promise<readonly unknown[]> {
  return (await field.all("chats")).map((chat) => chat["f"]);
}

function inOrder(value: unknown): unknown {
  const texts = (list: readonly unknown[]): readonly string[] =>
    list.map((one) => JSON.stringify(one)).toSorted();
  return Array.isArray(value) ? texts(value) : value;
}

describe("an element that the application has made in the survivor", () => {
  it.each(cases)("stays or comes back when everything is undone: %s", async (_name, own) => {
    await using field = await merged(own);
    expect((await heldBy(field))[0]).toEqual(own.merged);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await heldBy(field)).toEqual([own.left, own.given[1], own.later]);
  });

  it.each(cases)("does so after a purge, and one by one: %s", async (_name, own) => {
    await using field = await merged(own);
    await field.insert("chats", { _id: id(4), users: ["a", "b"], f: own.later });
    await field.up();
    await field.purge();
    for (const number of [3, 4])
      expect(await field.rollback({ chat: String(id(number)) })).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    // A set that came back in two steps has another order.
    expect((await heldBy(field)).map(inOrder)).toEqual(
      [own.left, own.given[1], own.later, own.later].map(inOrder),
    );
  });

  it.each(takenOut)("and taken out again stays out: %s", async (_name, own) => {
    await using field = await merged(own);
    expect((await heldBy(field))[0]).toEqual(own.merged);
    expect(await field.rollback({ chat: String(id(3)) })).toMatchObject({ exit: 0 });
    expect((await heldBy(field))[0]).toEqual(own.left);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await heldBy(field)).toEqual([own.left, own.given[1], own.later]);
  });

  it.each(deleted)("is one of equal ones, of which one was deleted: %s", async (_name, fold) => {
    const own = { fold, given: [[], []], written: { $push: { f: x } }, later: [x] } as const;
    await using field = await merged({ ...own, merged: [], left: [] });
    expect((await heldBy(field))[0]).toEqual([x, x]);
    await field.change("chats", id(1), { $pop: { f: 1 } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await heldBy(field)).toEqual([[x], [], [x]]);
  });

  it("comes back when the duplicate that had taken it has it, too", async () => {
    const [, own] = cases[0] ?? [];
    if (own === undefined) throw new Error("there is no case");
    await using field = await merged(own);
    await field.change("chats", id(3), { $push: { f: "c" } });
    await field.up();
    expect((await heldBy(field))[0]).toEqual(["a", "c"]);
  });
});
