import { BSONRegExp, type Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

type Reference = NonNullable<ChatModelInput["references"]>[number];

/** Two chats of a pair, and what refers to them. */
function referredBy(
  reference: Omit<Reference, "collection">,
  ...documents: readonly Document[]
): Promise<FieldDatabase> {
  return fieldDatabase({
    model: {
      chats: { participants: "users", scope: null },
      references: [{ collection: "things", ...reference }],
    },
    data: {
      chats: [1, 2].map((number) => ({ _id: id(number), users: ["ann", "ben"] })),
      things: documents.map((document, at) => ({ _id: at + 1, ...document })),
    },
  });
}

const [one, two] = [1, 2].map((number) => String(id(number))) as [string, string];

describe("plan says of the way to a reference", () => {
  it("that a policy does nothing where no unique index tells which rows are one", async () => {
    const fold = { unread: "sum" } as const;
    await using field = await referredBy(
      { field: "chat", onConflict: "fold", fold },
      { chat: id(1), user: "ann", unread: 1 },
      { chat: id(2), user: "ann", unread: 2 },
    );
    expect(await field.plan()).toMatchObject({
      exit: 0,
      warnings: expect.stringMatching(
        /things has no unique index that holds chat.*"onConflict" does nothing/,
      ),
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.all("things")).toMatchObject([1, 2].map((unread) => ({ chat: id(1), unread })));
  });

  it("nothing where rows have such an index, or elements and keys need none", async () => {
    const policy = { onConflict: "keep-survivor" } as const;
    await using rows = await referredBy({ field: "chat", ...policy }, { chat: id(1), user: "ann" });
    await rows.db.collection("things").createIndex({ user: 1, chat: 1 }, { unique: true });
    await using elements = await referredBy(
      { field: "chats.id", ...policy },
      { chats: [{ id: id(2) }] },
      { chats: [] },
      {},
    );
    await using keys = await referredBy({ field: "chats.$*", ...policy }, { chats: { [two]: 1 } });
    for (const field of [rows, elements, keys])
      expect(await field.plan()).toMatchObject({ exit: 0, warnings: "" });
  });

  it.each<readonly [string, Document]>([
    ["folders.chats", { folders: [{ name: "work", chats: [id(2)] }] }],
    ["folders.chats.id", { folders: [{ name: "work", chats: [{ id: id(2) }] }] }],
  ])("that an array lies in an array, and a rollback may leave ids there: %s", async (name, document) => {
    await using field = await referredBy({ field: name }, document);
    const before = await field.image("things");
    expect(await field.plan()).toMatchObject({
      exit: 0,
      warnings: expect.stringMatching(/array in an array \(such as in 1\).*rollback/),
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(JSON.stringify(await field.all("things"))).toContain(one);
    expect(await field.rollback({ to: "index" })).toMatchObject({ exit: 0 });
    expect(await field.image("things")).toEqual(before);
  });

  it.each<readonly [string, Document]>([
    ["folders.id", { folders: [[{ id: id(2) }]] }],
    ["work.folders.id", { work: { folders: [{ id: id(2) }, [{ id: id(2) }]] } }],
  ])("that no query finds what lies in an element that is an array: %s", async (field, document) => {
    await using things = await referredBy({ field }, document);
    expect(await things.up()).toMatchObject({
      exit: 3,
      text: expect.stringMatching(/an element of an array \(such as in 1\).*"leave": true/),
    });
    await using left = await referredBy({ field, leave: true }, document);
    expect(await left.plan()).toMatchObject({ exit: 0 });
  });

  it("that keys of a map inside an array follow nothing, and nothing is written", async () => {
    const device = { devices: [{ readAt: { [two]: 1 } }] };
    await using field = await referredBy({ field: "devices.readAt.$*" }, device);
    expect(await field.up()).toMatchObject({
      exit: 3,
      text: expect.stringMatching(/things\.devices\.readAt lies in an array.*"leave": true/),
    });
    await using left = await referredBy({ field: "devices.readAt.$*", leave: true }, device);
    expect(await left.plan()).toMatchObject({ exit: 0, warnings: "" });
    expect(await left.up()).toMatchObject({ exit: 0 });
    expect(await left.all("things")).toMatchObject([device]);
  });
});

it("a filter that fails at a document is a problem in words, wherever it stands", async () => {
  const pair = (path: string): Document => ({ $expr: { $eq: [{ $size: `$${path}` }, 2] } });
  const model: ChatModelInput = {
    chats: { participants: "users", scope: null, where: pair("users"), survivor: [{ where: pair("pins") }] },
    references: [{ collection: "messages", field: "chat", where: pair("seenBy") }],
  };
  await using field = await fieldDatabase({
    model,
    data: {
      chats: [{ _id: id(1), users: ["ann", "ben"] }, { _id: id(2) }],
      messages: [{ _id: 1, chat: id(1) }],
    },
  });
  const { exit, problems } = await field.plan();
  expect([exit, problems.split("\n")]).toEqual([
    3,
    ["chats.where", "chats.survivor[0].where", "references[0].where"].map((name) =>
      expect.stringContaining(name),
    ),
  ]);
  expect(problems).toContain("$ifNull");
  expect(await field.up()).toMatchObject({ exit: 3 });
  expect(await field.all("chats")).toEqual([{ _id: id(1), users: ["ann", "ben"] }, { _id: id(2) }]);
});

it("a pattern that is none is told at once, in the server's words", async () => {
  await using field = await fieldDatabase({
    model: { chats: { participants: "users", scope: null, where: { kind: new BSONRegExp("a(", "i") } } },
    data: { chats: [{ _id: id(1), users: ["ann", "ben"] }] },
  });
  await expect(field.plan()).rejects.toMatchObject({
    code: "PREFLIGHT_REFUSED",
    problems: [expect.stringMatching(/does not take the configuration.*missing closing parenthesis/)],
  });
});

describe("a `where` that asks for what references move", () => {
  const parent = id(1);
  const threads = (where: Document): Promise<FieldDatabase> =>
    fieldDatabase({
      model: {
        chats: { participants: "users", scope: null, where },
        references: [{ collection: "chats", field: "parent" }],
      },
      data: {
        chats: [
          ...[1, 2].map((no) => ({ _id: id(no), users: ["a", "b"] })),
          ...[3, 4].map((no) => ({ _id: id(no), users: ["z", "y"], parent: id(2) })),
          { _id: id(5), users: ["q"] },
        ],
      },
    });

  it.each<Document>([
    { parent: { $ne: parent } },
    { $nor: [{ parent: { $in: [String(id(1)), 7] } }] },
    { $expr: { $ne: ["$parent", parent] } },
  ])("is a problem where it compares that with a chat that is merged: %j", async (where) => {
    await using field = await threads(where);
    const before = await field.image("chats");
    expect(await field.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringContaining("compares parent"),
    });
    expect(await field.up()).toMatchObject({ exit: 3 });
    expect(await field.image("chats")).toEqual(before);
  });

  it.each<Document>([
    { parent: { $ne: id(5) } },
    { parent: { $not: { $type: "string" } } },
    { users: { $ne: String(id(2)) } },
  ])("and none where it does not: %j", async (where) => {
    await using field = await threads(where);
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "", plan: { duplicates: { losers: 2 } } });
  });
});
