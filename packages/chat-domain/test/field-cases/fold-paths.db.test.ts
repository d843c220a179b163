import { type Document, ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

type Fold = ChatModelInput["fold"];

/** A pair with two chats that hold these fields. */
async function pairWith(fold: Fold, [mine, theirs]: readonly [Document, Document]): Promise<FieldDatabase> {
  return fieldDatabase({
    model: {
      chats: { participants: "users", scope: null },
      references: [{ collection: "messages", field: "chat" }],
      fold,
    },
    data: {
      chats: [
        { _id: id(1), users: ["a", "b"], ...mine },
        { _id: id(2), users: ["b", "a"], ...theirs },
      ],
      messages: [1, 2].map((number) => ({ _id: id(number), chat: id(number) })),
    },
  });
}

const counted: Fold = { "stats.msgs": { recount: { collection: "messages", field: "chat" } } };
const sameId = new ObjectId();

describe("a fold of a field that lies deeper", () => {
  it.each<readonly [string, Fold, readonly [Document, Document]]>([
    ["an array of documents", { "m.t": "max" }, [{ m: [{ u: "a", t: 1 }] }, { m: [{ u: "a", t: 9 }] }]],
    ["an array in the duplicate only", { "m.t": "max" }, [{ m: { t: 1 } }, { m: [{ t: 9 }] }]],
    ["an array in the survivor only", { "m.t": "max" }, [{ m: [{ t: 1 }] }, {}]],
    ["an ObjectId", { "last.at": "max" }, [{ last: sameId }, { last: sameId }]],
    ["a counter in a text", counted, [{ stats: "none" }, {}]],
    ["a map that is a text", { unread: { eachKey: "sum" } }, [{ unread: {} }, { unread: "none" }]],
    ["a list that is a map", { log: { union: { by: "_id" } } }, [{ log: [] }, { log: {} }]],
    ["a sum of texts", { count: "sum" }, [{ count: 1 }, { count: "1" }]],
    ["a set of documents", { log: "union" }, [{ log: [{ t: "hi" }, { t: "hi" }] }, { log: [{ t: "hi" }] }]],
    ["a set that is a map", { log: "intersection" }, [{ log: { a: 1 } }, { log: ["a"] }]],
    [
      "texts where only documents are told apart",
      { hidden: { intersection: { by: "user" } } },
      [{ hidden: ["a"] }, { hidden: ["a"] }],
    ],
    ["a text in a map", { unread: { eachKey: "sum" } }, [{ unread: { a: 1 } }, { unread: { a: "1" } }]],
    ["an array in a map", { of: { eachKey: { fold: { "x.n": "sum" } } } }, [{ of: { a: { x: [] } } }, {}]],
    [
      "an array in an element",
      { log: { union: { by: "_id", fold: { "x.n": "sum" } } } },
      [{ log: [] }, { log: [{ _id: 1, x: [{ n: 1 }] }] }],
    ],
    [
      "an array with the time",
      { last: { newestBy: "last.at" } },
      [{ last: [{ at: 1 }] }, { last: { at: 2 } }],
    ],
  ])(
    "is refused, and nothing is written, where it meets what it cannot fold: %s",
    async (_name, fold, chats) => {
      await using field = await pairWith(fold, chats);
      const before = await field.image("chats", "messages");
      const { exit, text } = await field.up();
      expect([exit, text]).toEqual([3, expect.stringContaining(Object.keys(fold ?? {})[0] ?? "")]);
      expect(await field.image("chats", "messages")).toEqual(before);
    },
  );

  it.each<readonly [string, Fold, readonly [Document, Document], Document | undefined]>([
    [
      "null in the survivor",
      { "last.at": "max" },
      [{ last: null }, { last: { at: 2 } }],
      { last: { at: 2 } },
    ],
    [
      "null in both",
      { "last.by.at": "max" },
      [{ last: { by: null } }, { last: null }],
      { last: { by: null } },
    ],
    ["nothing in either", { "last.at": "max" }, [{}, {}], undefined],
    ["nothing in the survivor", { "last.at": "max" }, [{}, { last: { at: 2 } }], { last: { at: 2 } }],
    [
      "documents, with what stands beside it",
      { "last.by.at": "max", "last.n": "min" },
      [{ last: { n: 2, by: { who: "a", at: 1 }, text: "x" } }, { last: { by: { at: 3, who: "b" }, n: 1 } }],
      { last: { n: 1, by: { who: "a", at: 3 }, text: "x" } },
    ],
    ["a counter in null", counted, [{ stats: null }, {}], { stats: { msgs: 2 } }],
    ["a counter with nothing around it", counted, [{}, { stats: { msgs: 1 } }], { stats: { msgs: 2 } }],
  ])(
    "is written through documents only, and undone to the byte: %s",
    async (_name, fold, chats, expected) => {
      await using field = await pairWith(fold, chats);
      const before = await field.image("chats", "messages");
      expect(await field.up()).toMatchObject({ exit: 0 });
      const {
        _id,
        users,
        participantsKey,
        aliases,
        foldedFrom: _marks,
        ...folded
      } = await field.one("chats", id(1));
      expect([_id, users, aliases]).toEqual([id(1), ["a", "b"], [id(2)]]);
      expect(participantsKey).toEqual(expect.any(String));
      expect(folded).toEqual(expected ?? {});
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await field.image("chats", "messages")).toEqual(before);
    },
  );

  it("stays what the application has made of it since, and loses what the fold had added", async () => {
    await using field = await pairWith({ "last.at": "max", "last.n": "max" }, [
      { last: { text: "x" } },
      { last: { at: 3, n: 4 } },
    ]);
    await field.up();
    await field.change("chats", id(1), { $set: { "last.at": 7 } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(1)))["last"]).toEqual({ text: "x", at: 7 });
  });
});

it.each([{}, { last: null }])(
  "documents that a fold has made go with what it has put there: %s",
  async (mine) => {
    const fold: Fold = { "last.n": "sum", "last.by.n": "sum" };
    await using field = await pairWith(fold, [mine, { last: { n: 1, by: { n: 1 } } }]);
    await field.up();
    // The same in another order: somebody has written it.
    await field.change("chats", id(1), { $rename: { "last.n": "n" } });
    await field.change("chats", id(1), { $rename: { n: "last.n" } });
    expect((await field.one("chats", id(1)))["last"]).toEqual({ by: { n: 1 }, n: 1 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    const { _id, users, ...left } = await field.one("chats", id(1));
    expect([_id, users, left]).toEqual([id(1), ["a", "b"], mine]);
  },
);

it.each([{}, { last: null }])(
  "documents that a fold has made go with what a duplicate had there: %s",
  async (mine) => {
    const fold: Fold = {
      "last.by.n": "sum",
      unread: { eachKey: { fold: { "d.n": "sum" } } },
      log: { union: { by: "_id", fold: { "d.n": "sum" } } },
    };
    const own = { ...mine, unread: { a: { d: null, x: 1 } }, log: [{ _id: 1, d: null, x: 1 }] };
    const deep = { d: { n: 1 } };
    await using field = await pairWith(fold, [
      own,
      { last: { by: { n: 1 } }, unread: { a: deep }, log: [{ _id: 1, ...deep }] },
    ]);
    await field.up();
    expect(await field.one("chats", id(1))).toMatchObject({
      last: { by: { n: 1 } },
      unread: { a: { ...deep, x: 1 } },
      log: [{ ...deep, x: 1 }],
    });
    // Written by the application, so that these follow from what is there, and not from all that has gone in.
    await field.change("chats", id(1), { $set: { "unread.a.x": 2, "log.0.x": 2 } });
    await field.change("chats", id(2), { $unset: { "last.by.n": "", "unread.a.d.n": "", "log.0.d.n": "" } });
    await field.up();
    const {
      _id,
      users,
      participantsKey,
      aliases,
      foldedFrom: _marks,
      ...left
    } = await field.one("chats", id(1));
    expect([_id, users, aliases, participantsKey]).toEqual([id(1), ["a", "b"], [id(2)], expect.any(String)]);
    expect(left).toEqual({
      ...mine,
      unread: { a: { d: null, x: 2 } },
      log: [{ _id: 1, d: null, x: 2 }],
    });
  },
);

describe("a fold of what is inside a row", () => {
  const chats = [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"] }));
  const [one, two] = [1, 2].map((number) => String(id(number))) as [string, string];
  const within = (field: string, fold: object, person: Document): Promise<FieldDatabase> =>
    fieldDatabase({
      model: {
        chats: { participants: "users", scope: null },
        references: [{ collection: "people", field, onConflict: "fold", fold }],
      } as ChatModelInput,
      data: { chats, people: [{ _id: "a", n: "a text beside it", ...person }] },
    });
  const list = (...ns: readonly unknown[]) => ({ chats: ns.map((n, at) => ({ chat: id(at + 1), n })) });

  it.each<readonly [string, readonly [string, object, Document], Document]>([
    ["elements", ["chats.chat", { n: "sum" }, list(1, 2)], { chats: [{ chat: id(1), n: 3 }] }],
    [
      "values of a map",
      ["map.$*", "sum" as unknown as object, { map: { [one]: 1, [two]: 2 } }],
      { map: { [one]: 3 } },
    ],
    [
      "documents of a map",
      ["map.$*", { n: "sum" }, { map: { [one]: { n: 1 }, [two]: { n: 2 } } }],
      { map: { [one]: { n: 3 } } },
    ],
  ])("adds %s, whatever the row has of that name", async (_name, [field, fold, person], becomes) => {
    await using people = await within(field, fold, person);
    expect(await people.up()).toMatchObject({ exit: 0 });
    expect(await people.one("people", "a")).toMatchObject(becomes);
  });

  it.each<readonly [string, object, Document]>([
    ["chats.chat", { n: "sum" }, list(1, "2")],
    ["map.$*", "sum" as unknown as object, { map: { [one]: 1, [two]: "2" } }],
    ["map.$*", { n: "sum" }, { map: { [one]: { n: 1 }, [two]: { n: "2" } } }],
  ])("is refused where it meets what it cannot add: %s", async (field, fold, person) => {
    await using people = await within(field, fold, person);
    expect(await people.up()).toMatchObject({
      exit: 3,
      text: expect.stringContaining("of type string") as unknown,
    });
  });
});
