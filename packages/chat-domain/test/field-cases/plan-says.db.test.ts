import { type Document, ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** Nothing disappears without a word: what `plan` says before anything is merged. */
const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "messages", field: "chat" }],
};

function pairOf(first: Document, second: Document, more: readonly Document[] = []): readonly Document[] {
  return [{ _id: id(1), users: ["a", "b"], ...first }, { _id: id(2), users: ["b", "a"], ...second }, ...more];
}

function databaseOf(
  chats: readonly Document[],
  more: ChatModelInput = {},
  data: Readonly<Record<string, readonly Document[]>> = {},
): Promise<FieldDatabase> {
  const messages = chats.map(({ _id }) => ({ _id: _id as ObjectId, chat: _id as ObjectId }));
  return fieldDatabase({ model: { ...model, ...more }, data: { messages, ...data, chats } });
}

/** What plan 0 promises: up neither refuses nor parks, and verify finds nothing. */
async function expectKept(field: FieldDatabase): Promise<void> {
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.verify()).toMatchObject({ exit: 0 });
}

describe("plan names sets of people that look wrong", () => {
  it("as several chats of one person alone: what is left of deleted accounts", async () => {
    const chats = [1, 2, 3].map((number) => ({ _id: id(number), users: ["a"] }));
    await using field = await databaseOf([
      ...chats,
      { _id: id(4), users: ["c"] },
      { _id: id(5), users: ["d", "e"] },
    ]);
    const { exit, warnings } = await field.plan();
    expect(exit).toBe(0);
    expect(warnings).toMatch(/one person|one participant|oneself|alone/i);
    expect(warnings).toContain("3");
    expect(warnings).toMatch(/\$size|where/);
  });

  it("not as chats with oneself that are there once each", async () => {
    await using field = await databaseOf([
      { _id: id(1), users: ["a"] },
      { _id: id(2), users: ["b"] },
    ]);
    expect((await field.plan()).warnings).not.toMatch(/one person|one participant|oneself|alone/i);
  });

  it.each([101, 150])("as a group of %s, which create-or-get would refuse to find", async (size) => {
    const users = Array.from({ length: size }, (_, number) => `user ${number}`);
    await using field = await databaseOf([
      { _id: id(1), users },
      { _id: id(2), users: users.toReversed() },
      { _id: id(3), users: users.slice(0, 100) },
    ]);
    const { warnings } = await field.plan();
    expect(warnings).toContain("maxParticipants");
    expect(warnings).toContain("100");
    expect(warnings).toMatch(/\b2 chats\b/);
  });
});

describe("plan tells of a `where` that was forgotten", () => {
  it.each<readonly [string, Document, Document]>([
    ["isGroupChat", { isGroupChat: false }, { isGroupChat: true, name: "friends" }],
    ["isGroup", {}, { isGroup: true }],
    ["type", { type: "direct" }, { type: "support" }],
    ["kind", { kind: 1 }, { kind: 2 }],
  ])("where duplicates differ in %s", async (name, first, second) => {
    await using field = await databaseOf(
      pairOf(first, second, [
        { _id: id(3), users: ["x", "y"], ...first },
        { _id: id(4), users: ["y", "x"], ...second },
      ]),
    );
    const { exit, warnings } = await field.plan();
    expect(exit).toBe(0);
    expect(warnings).toMatch(new RegExp(`\\b${name}\\b[^\\n]*where|where[^\\n]*\\b${name}\\b`));
    expect(warnings).toMatch(/\b2\b/);
  });

  it("and not where it is there, and lets a field be absent or false", async () => {
    await using field = await databaseOf(pairOf({ isGroup: false }, {}), {
      chats: { ...model.chats, where: { isGroup: { $ne: true } } },
    });
    const { warnings } = await field.plan();
    expect(warnings).toMatch(/1 duplicate differs from its survivor in isGroup .*"ignore"/);
    expect(warnings).not.toContain("where");
  });

  it("and of nothing where the model has the `where`", async () => {
    const chats = pairOf({ isGroupChat: false }, { isGroupChat: true, name: "friends" });
    await using field = await databaseOf(chats, {
      chats: { ...model.chats, where: { isGroupChat: false } },
    });
    expect((await field.plan()).warnings).not.toContain("isGroupChat");
    await expectKept(field);
  });
});

describe("plan refuses to let elements of an array out of sight", () => {
  const embedded = [
    { s: "a", t: "hi" },
    { s: "b", t: "ok" },
  ];

  it.each<readonly [string, Document, Document]>([
    ["messages inside the chat", { messages: embedded.slice(0, 1) }, { messages: embedded.slice(1) }],
    ["ids of messages", { messages: [id(90)] }, { messages: [id(91)] }],
    ["an array that the survivor lacks", {}, { messages: [id(91)] }],
    ["an array below a document", { meta: { pins: [1] } }, { meta: { pins: [2] } }],
    ["an empty array beside one with something", { messages: [] }, { messages: ["x"] }],
  ])("such as %s", async (_name, first, second) => {
    await using field = await databaseOf(pairOf(first, second));
    const before = await field.image("chats", "messages");
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringMatching(/messages|meta/)]);
    expect(await field.up()).toMatchObject({ exit: 3 });
    expect(await field.image("chats", "messages")).toEqual(before);
  });

  it("wherever the duplicate is: the last of three, in the last of many sets", async () => {
    const alike = Array.from({ length: 300 }, (_, number) => ({
      _id: id(0x1000 + number),
      users: [`u${number % 100}`, "b"],
      pins: ["same"],
    }));
    const odd = { _id: id(0x9000), users: ["b", "u99"], pins: ["same", "other"] };
    await using field = await databaseOf([...alike, odd]);
    expect(await field.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("pins") });
  });

  it.each<readonly [string, Document, Document]>([
    ["the same in another order", { pins: [1, 2] }, { pins: [2, 1] }],
    ["fewer than the survivor's", { pins: [1, 2] }, { pins: [2] }],
    [
      "the same but for the _id that Mongoose gives them",
      { pins: [{ _id: new ObjectId(), m: 1 }] },
      { pins: [{ _id: new ObjectId(), m: 1 }] },
    ],
    ["the people's own", { users: ["a", "b"] }, { users: ["b", "a", "b"] }],
  ])("unless they are %s", async (_name, first, second) => {
    await using field = await databaseOf(pairOf(first, second));
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
    await expectKept(field);
  });

  it.each<readonly [string, ChatModelInput]>([
    ["a fold", { fold: { pins: "union" } }],
    ["ignore", { ignore: ["pins"] }],
  ])("unless they are named by %s", async (_name, more) => {
    await using field = await databaseOf(pairOf({ pins: [1] }, { pins: [2] }), more);
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
    await expectKept(field);
  });
});

describe("plan warns of every other difference, with numbers", () => {
  it.each<readonly [string, Document, Document]>([
    ["nickname", { nickname: "us" }, { nickname: "we" }],
    ["color", {}, { color: "red" }],
    ["settings", { settings: { muted: false } }, { settings: { muted: true } }],
  ])("such as %s", async (name, first, second) => {
    await using field = await databaseOf(
      pairOf(first, second, [{ _id: id(3), users: ["b", "a"], ...first }]),
    );
    const { exit, warnings } = await field.plan();
    expect([exit, warnings]).toEqual([0, expect.stringMatching(new RegExp(`\\b${name}\\b`))]);
    expect(warnings).toMatch(/\b1\b/);
    await expectKept(field);
  });

  it("such as what stands in the members' own sub-documents", async () => {
    const chats = [
      { _id: id(1), users: [{ id: "a", unread: 0 }, { id: "b" }] },
      { _id: id(2), users: [{ id: "b" }, { id: "a", unread: 4 }] },
    ];
    await using field = await databaseOf(chats, { chats: { participants: "users.id", scope: null } });
    const { exit, warnings } = await field.plan();
    expect([exit, warnings]).toEqual([0, expect.stringMatching(/\bunread\b/)]);
    await expectKept(field);
  });

  it("but not of ids, versions, the order of people, what is folded, and what is to be ignored", async () => {
    const chats = pairOf(
      { __v: 1, createdAt: new Date(1), etag: "x" },
      { __v: 7, createdAt: new Date(2), etag: "y" },
    );
    await using field = await databaseOf(chats, { fold: { createdAt: "min" }, ignore: ["etag"] });
    expect(await field.plan()).toMatchObject({ exit: 0, warnings: "" });
  });

  it("does not take two kinds of one number for a difference", async () => {
    await using field = await databaseOf(pairOf({ size: 2, at: new Date(5) }, { size: 2, at: new Date(5) }));
    expect(await field.plan()).toMatchObject({ exit: 0, warnings: "" });
  });
});

describe("plan, where there is nothing to say", () => {
  it("says nothing, and up keeps its word", async () => {
    await using field = await databaseOf(pairOf({}, {}));
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "", warnings: "" });
    await expectKept(field);
    expect(await field.plan()).toMatchObject({ exit: 0, plan: { pending: false } });
  });
});
