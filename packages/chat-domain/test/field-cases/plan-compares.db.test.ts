import { Binary, type Document, type ObjectId, UUID } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** More of each kind that `plan` tells of, and their neighbours that it leaves alone. */
const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "messages", field: "chat" }],
};

function databaseOf(
  chats: readonly Document[],
  more: ChatModelInput = {},
  data: Readonly<Record<string, readonly Document[]>> = {},
): Promise<FieldDatabase> {
  const messages = chats.map(({ _id }, number) => ({ _id: number, chat: _id as ObjectId }));
  return fieldDatabase({ model: { ...model, ...more }, data: { messages, ...data, chats } });
}

describe("duplicates are compared", () => {
  it("also where ids are stored in several forms", async () => {
    const [ada, bob] = [id(0xada), id(0xb0b)];
    await using field = await databaseOf([
      { _id: id(1), users: [ada, bob], pins: [] },
      { _id: id(2), users: [String(bob), String(ada)], pins: [7] },
      { _id: id(3), users: [1, 2], notes: [] },
      { _id: id(4), users: ["2", "1"], notes: [7] },
    ]);
    expect(await field.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringMatching(/pins[^]*notes|notes[^]*pins/),
    });
  });

  it("also where one holds UUIDs and the other their text", async () => {
    const [ada, bob] = [new UUID(), new UUID()];
    await using field = await databaseOf([
      { _id: id(1), users: [ada, bob], pins: [] },
      { _id: id(2), users: [String(bob), String(ada)], pins: [7] },
      { _id: id(3), users: [new Binary(new Uint8Array(16), 3), ada], pins: [] },
      { _id: id(4), users: ["00000000-0000-0000-0000-000000000000", ada], pins: [8] },
    ]);
    expect(await field.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringMatching(/^1 duplicate has elements in pins/),
    });
  });

  it.each(["$x", "", "a.b", "$$ROOT"])(
    "also by '%s', which no path could say and ignore takes",
    async (name) => {
      const chats = [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"], [name]: [number] }));
      await using field = await databaseOf(chats);
      expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining(name || '""') });
      await using named = await databaseOf(chats, { ignore: [name] });
      expect(await named.plan()).toMatchObject({ exit: 0, problems: "" });
    },
  );

  it("with the chat that holds the key, however old it is", async () => {
    await using field = await databaseOf([{ _id: id(2), users: ["a", "b"], pins: [1, 2] }]);
    expect(await field.up()).toMatchObject({ exit: 0 });
    await field.insert("chats", { _id: id(1), users: ["b", "a"], pins: [2] });
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
    await field.insert("chats", { _id: id(3), users: ["b", "a"], pins: [3] });
    expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("pins") });
  });

  it("only with chats of the same scope, and never with those that have been released or cannot have a key", async () => {
    await using field = await databaseOf(
      [
        { _id: id(1), users: ["a", "b"], listing: 1, pins: [1] },
        { _id: id(2), users: ["a", "b"], listing: 2, pins: [2] },
        { _id: id(3), users: ["a", "b"], listing: 1, pins: [3], releasedAt: new Date(0) },
        { _id: id(4), users: ["a", null], listing: 1, pins: [4] },
        { _id: id(5), users: ["a", null], listing: 1, pins: [5] },
      ],
      { chats: { participants: "users", scope: "listing", scopeType: "int" } },
    );
    expect(await field.plan()).toMatchObject({ exit: 6, problems: "" });
  });

  it("by path: what a fold or ignore names below a document is theirs, and the rest is told of", async () => {
    await using field = await databaseOf(
      [
        { _id: id(1), users: ["a", "b"], meta: { seen: { at: 1, by: "a" }, etag: "x" }, topic: null },
        { _id: id(2), users: ["a", "b"], meta: { seen: { at: 2, by: "b" }, etag: "y" } },
      ],
      { fold: { "meta.seen.at": "max" }, ignore: ["meta.etag"] },
    );
    const { warnings } = await field.plan();
    expect(warnings).toContain("meta.seen.by");
    expect(warnings).not.toMatch(/seen\.at|etag|topic/);
  });

  it("member by member, but for what ignore names", async () => {
    const chats = [
      { _id: id(1), users: [{ id: "a", role: "owner", seen: 1 }, { id: "b" }] },
      { _id: id(2), users: [{ id: "b" }, { id: "a", role: "guest", seen: 2 }] },
    ];
    await using field = await databaseOf(chats, {
      chats: { participants: "users.id", scope: null },
      ignore: ["users.seen"],
    });
    const { exit, warnings } = await field.plan();
    expect([exit, warnings]).toEqual([0, expect.stringContaining("users.role")]);
    expect(warnings).not.toContain("seen");
  });

  it("in size as well: what would not fit into its survivor would be parked", async () => {
    const tags = (kind: string): readonly string[] =>
      Array.from({ length: 9 }, (_, number) => `${kind} ${number} ${"x".repeat(1_000_000)}`);
    await using field = await databaseOf([], { fold: { tags: "union" } });
    for (const number of [1, 2, 3])
      await field.insert("chats", {
        _id: id(number),
        users: ["a", "b"],
        tags: number === 3 ? ["z"] : tags(`${number}`),
      });
    const { exit, plan } = await field.plan();
    expect(exit).toBe(6);
    expect(plan.invalid).toMatchObject([
      { chats: 1, examples: [id(2)], reason: expect.stringContaining("16 MB") },
    ]);
  }, 120_000);
});

describe("what cannot be written as a merge needs it", () => {
  const pair = [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"] }));

  it.each<readonly [string, Document]>([
    [
      "inside $and",
      {
        $and: [
          { users: { $exists: true } },
          { $jsonSchema: { additionalProperties: false, properties: { _id: {}, users: {} } } },
        ],
      },
    ],
    [
      "inside allOf",
      { $jsonSchema: { allOf: [{ additionalProperties: false, properties: { _id: {}, users: {} } }] } },
    ],
  ])("is a validator that lets nothing else pass, also %s", async (_where, validator) => {
    await using field = await fieldDatabase({
      model: { ...model, references: [] },
      data: { chats: pair },
      collections: { chats: { validator } },
    });
    expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("mergedInto") });
  });

  it("but not one whose patterns let our names pass", async () => {
    const validator = {
      $jsonSchema: {
        additionalProperties: false,
        properties: { _id: {} },
        patternProperties: { "^[a-zA-Z]+$": {} },
      },
    };
    await using field = await fieldDatabase({
      model: { ...model, references: [] },
      data: { chats: pair },
      collections: { chats: { validator } },
    });
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
  });

  it("is a view or an empty collection with a unique index that bears a name of ours", async () => {
    await using view = await fieldDatabase({
      model,
      data: { chats: pair, messages: [] },
      collections: { chat_redirects: { viewOn: "chats", pipeline: [] } },
    });
    expect(await view.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("chat_redirects") });
    await using unique = await fieldDatabase({
      model,
      data: { chats: pair, messages: [] },
      indexes: [{ collection: "migrator_runs", key: { runner: 1 }, options: { unique: true } }],
    });
    expect(await unique.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringContaining("migrator_runs"),
    });
  });
});

describe("references", () => {
  it.each<readonly [string, string, Document]>([
    ["keys of a map", "people.lastRead.$*", { lastRead: { [String(id(2))]: 5 } }],
    ["a DBRef", "drafts.room.$id", { room: { $ref: "chats", $id: id(2) } }],
  ])("that nobody named are seen as %s", async (_kind, path, row) => {
    const [collection = ""] = path.split(".");
    const chats = [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"] }));
    await using field = await databaseOf(chats, {}, { [collection]: [{ _id: 1, ...row }] });
    expect((await field.plan()).warnings).toContain(path);
  });

  it("to chats that are gone, or that where does not select, are right all the same", async () => {
    const chats = [
      { _id: id(1), users: ["a", "b"], isGroup: false },
      { _id: id(2), users: ["a", "b"], isGroup: true },
    ];
    const messages = [id(2), id(900), id(901)].map((chat, number) => ({ _id: number, chat }));
    await using field = await databaseOf(
      chats,
      { chats: { ...model.chats, where: { isGroup: false } } },
      { messages },
    );
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
  });
});

describe("chats that have duplicates of their own, and became chats of other people", () => {
  it.each([
    ["whose key another one holds", 3, 1],
    ["whose key nobody holds yet", 4, 1],
  ])("are parked by plan as they are by up: %s", async (_name, third, parked) => {
    const pairs = [1, 2, 3].flatMap((pair) =>
      [0, 10].map((later) => ({ _id: id(pair + later), users: ["a", `b${pair}`] })),
    );
    await using field = await databaseOf(pairs);
    await field.up();
    for (const pair of third === 3 ? [1] : [1, 2])
      await field.change("chats", id(pair), { $set: { users: ["a", `b${third}`] } });
    const { exit, plan } = await field.plan();
    expect([exit, plan.invalid.map(({ chats }) => chats)]).toEqual([6, [parked]]);
    expect(await field.up()).toMatchObject({ exit: 6 });
    const entries = await field.db.collection("chat_merge_journal").find({ state: "parked" }).toArray();
    expect(entries.map(({ _id, reason }) => [_id, reason as unknown])).toEqual(
      plan.invalid.map(({ examples, reason }) => [examples[0], reason]),
    );
  });
});
