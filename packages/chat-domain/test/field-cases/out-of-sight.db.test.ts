import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

/** Nothing disappears without a word: what a policy would archive, `plan` counts. */
const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "messages", field: "chat" }],
};

function pairOf(first: Document, second: Document): readonly Document[] {
  return [
    { _id: id(1), users: ["a", "b"], ...first },
    { _id: id(2), users: ["b", "a"], ...second },
  ];
}

describe("plan counts rows that a policy would take out of sight", () => {
  const members = { collection: "members", field: "chat", onConflict: "keep-survivor" } as const;
  const row = (number: number, user: string, fields: Document = {}): Document => ({
    _id: `${number}${user}`,
    chat: id(number),
    user,
    ...fields,
  });
  const unique = { collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } } as const;

  it("where a membership of the duplicate differs from the survivor's", async () => {
    await using field = await fieldDatabase({
      model: { ...model, references: [...(model.references ?? []), members] },
      data: {
        chats: pairOf({}, {}),
        messages: [{ _id: id(1), chat: id(1) }],
        members: [row(1, "a", { unread: 0 }), row(2, "a", { unread: 3 }), row(2, "b", { unread: 1 })],
      },
      indexes: [unique],
    });
    const { exit, warnings } = await field.plan();
    expect([exit, warnings]).toEqual([0, expect.stringContaining("members")]);
    expect(warnings).toMatch(/\b1\b[^\n]*members|members[^\n]*\b1\b/);
    expect(warnings).toContain("unread");
  });

  it("and says that content would go where the other key of the index counts within the chat", async () => {
    const messages = [1, 2].flatMap((number) =>
      [1, 2, 3].map((seq) => ({
        _id: id(number * 10 + seq),
        chat: id(number),
        seq,
        text: `${number}.${seq}`,
      })),
    );
    await using field = await fieldDatabase({
      model: {
        ...model,
        references: [{ collection: "messages", field: "chat", onConflict: "keep-survivor" }],
      },
      data: { chats: pairOf({}, {}), messages },
      indexes: [{ collection: "messages", key: { chat: 1, seq: 1 }, options: { unique: true } }],
    });
    const { text } = await field.plan();
    expect(text).toContain("seq");
    expect(text).toMatch(/\b3\b/);
  });

  it("but not rows that say the same, nor fields that are to be ignored", async () => {
    await using field = await fieldDatabase({
      model: { ...model, references: [...(model.references ?? []), { ...members, ignore: ["seenAt"] }] },
      data: {
        chats: pairOf({}, {}),
        messages: [{ _id: id(1), chat: id(1) }],
        members: [row(1, "a", { seenAt: 1 }), row(2, "a", { seenAt: 2 })],
      },
      indexes: [unique],
    });
    expect(await field.plan()).toMatchObject({ exit: 0, warnings: "" });
  });
});

describe("plan counts what a policy would take out of sight, however the chat is referred to", () => {
  const [one, two] = [1, 2].map((number) => String(id(number))) as [string, string];
  type Reference = NonNullable<ChatModelInput["references"]>[number];
  const planOf = async (reference: Omit<Reference, "collection">, documents: readonly Document[]) => {
    await using field = await fieldDatabase({
      model: { ...model, references: [{ collection: "things", ...reference }], ignore: ["room"] },
      data: {
        chats: pairOf({ room: "r1" }, { room: "r2" }),
        things: documents.map((document, at) => ({ _id: at, user: "a", ...document })),
      },
      indexes: [
        { collection: "chats", key: { room: 1 } },
        ...(documents.length > 1
          ? [{ collection: "things", key: { [reference.field]: 1, user: 1 }, options: { unique: true } }]
          : []),
      ],
    });
    return await field.plan();
  };
  const keep = { onConflict: "keep-survivor" } as const;
  const fold = { onConflict: "fold", fold: { n: "sum" } } as const;

  it.each<readonly [string, Omit<Reference, "collection">, readonly Document[]]>([
    [
      "by another field of theirs",
      { field: "chat", toField: "room", ...keep },
      [{ chat: "r1" }, { chat: "r2", n: 1 }],
    ],
    [
      "by a prefixed text",
      { field: "chat", prefix: "Chat$", ...keep },
      [{ chat: `Chat$${one}` }, { chat: `Chat$${two}`, n: 1 }],
    ],
    [
      "in rows without the other key of the index",
      { field: "chat", ...keep },
      [
        { chat: id(1), user: undefined },
        { chat: id(2), user: undefined, n: 1 },
      ],
    ],
    ["by the text of an id", { field: "chat", ...keep }, [{ chat: one }, { chat: two, n: 1 }]],
    [
      "in rows that fold other fields",
      { field: "chat", ...fold },
      [
        { chat: id(1), n: 1 },
        { chat: id(2), n: 1, mutedAt: 5 },
      ],
    ],
    ["in elements", { field: "list.chat", ...keep }, [{ list: [{ chat: id(1) }, { chat: id(2), n: 1 }] }]],
    [
      "in elements that fold other fields",
      { field: "list.chat", ...fold },
      [
        {
          list: [
            { chat: id(1), n: 1 },
            { chat: id(2), n: 2, mutedAt: 5 },
          ],
        },
      ],
    ],
    [
      "in elements deep inside",
      { field: "of.list.ref.chat", toField: "room", ...keep },
      [{ of: { list: [{ ref: { chat: "r1" } }, { ref: { chat: "r2" }, n: 1 }] } }],
    ],
    ["in values of a map", { field: "map.$*", ...keep }, [{ map: { [one]: 1, [two]: 2 } }]],
    [
      "in documents of a map",
      { field: "map.$*", prefix: "Chat$", ...fold },
      [{ map: { [`Chat$${one}`]: { n: 1 }, [`Chat$${two}`]: { n: 1, mutedAt: 5 } } }],
    ],
  ])("%s", async (_, reference, documents) => {
    const { exit, warnings } = await planOf(reference, documents);
    expect([exit, warnings]).toEqual([0, expect.stringMatching(/^1 documents? of things/)]);
  });

  it.each<readonly [string, Omit<Reference, "collection">, readonly Document[]]>([
    [
      "rows whose difference folds",
      { field: "chat", ...fold },
      [
        { chat: id(1), n: 1 },
        { chat: id(2), n: 2 },
      ],
    ],
    [
      "elements whose difference folds",
      { field: "list.chat", ...fold },
      [
        {
          list: [
            { chat: id(1), n: 1 },
            { chat: id(2), n: 2 },
          ],
        },
      ],
    ],
    [
      "elements that differ in what is ignored",
      { field: "list.chat", ignore: ["n"], ...keep },
      [
        {
          list: [
            { chat: id(1), n: 1 },
            { chat: id(2), n: 2 },
          ],
        },
      ],
    ],
    [
      "elements of one chat alone",
      { field: "list.chat", ...keep },
      [
        {
          list: [
            { chat: id(2), n: 1 },
            { chat: id(2), n: 2 },
          ],
        },
      ],
    ],
    ["equal values of a map", { field: "map.$*", ...keep }, [{ map: { [one]: 2, [two]: 2 } }]],
    [
      "values of a map that fold",
      { field: "map.$*", onConflict: "fold", fold: "max" },
      [{ map: { [one]: 1, [two]: 2 } }],
    ],
  ])("but not %s", async (_, reference, documents) => {
    expect(await planOf(reference, documents)).toMatchObject({ exit: 0, warnings: "" });
  });

  it.each<readonly [string, Omit<Reference, "collection">, Document]>([
    ["another field of the chats", { field: "map.$*", toField: "room" }, { r1: 1, r2: 2 }],
    ["a prefixed text", { field: "map.$*", prefix: "Chat$" }, { [`Chat$${one}`]: 1, [`Chat$${two}`]: 2 }],
  ])("and asks for a policy where a map has both by %s", async (_, reference, map) => {
    const { exit, problems } = await planOf(reference, [{ map }]);
    expect([exit, problems]).toEqual([3, expect.stringContaining("has keys of chats that become one")]);
  });
});
