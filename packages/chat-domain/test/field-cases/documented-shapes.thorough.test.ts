import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, createOrGetChat } from "../../src/index.ts";
import { documentedCommands, documentedShapes } from "./documented-shapes.ts";
import { expectMerged } from "./expect-merged.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";
import { messages, moved, shapeCases } from "./shape-cases.ts";

/** Behind those that write people into their chats. */
const otherCommands = [6, 7, 8, 9] as const;

async function runDocumented(field: FieldDatabase, index: number): Promise<void> {
  const { collection, pipeline } = documentedCommands[index] ?? { collection: "", pipeline: [] };
  expect(pipeline).not.toEqual([]);
  await field.db
    .collection(collection)
    .aggregate([...pipeline])
    .toArray();
}

describe("the table of shapes in docs/model.md", () => {
  it("has a test for every row", () => {
    expect(documentedShapes.map(({ row }) => String(row))).toEqual(Object.keys(shapeCases));
    expect(documentedShapes.length).toBeGreaterThanOrEqual(12);
  });

  it.concurrent.each(documentedShapes)("row $row: $looks", async ({ row, model }) => {
    const one = shapeCases[row] ?? { data: {} };
    await using field = await fieldDatabase({ model, data: one.data, indexes: one.indexes ?? [] });
    await expectMerged(field, model.chats?.collection ?? "chats", one);
  });

  it("has commands for people who are not in the chats", async () => {
    const model = {
      chats: { participants: "people", scope: null },
      references: [{ collection: "messages", field: "chat" }],
      ignore: ["members"],
    };
    const kinds: readonly Readonly<Record<string, readonly Document[]>>[] = [
      {
        chats: [{ _id: id(1) }, { _id: id(2) }],
        memberships: [1, 2].flatMap((n) => ["ann", "ben"].map((user) => ({ chat: id(n), user }))),
      },
      {
        chats: [
          { _id: id(1), pair: "ann_ben" },
          { _id: id(2), pair: "ben_ann" },
        ],
      },
      { chats: [1, 2].map((n) => ({ _id: id(n), members: { ann: true, ben: true } })) },
      {
        chats: [1, 2].map((n) => ({ _id: id(n), members: [10 * n, 10 * n + 1] })),
        memberships: [1, 2].flatMap((n) => ["ann", "ben"].map((user, at) => ({ _id: 10 * n + at, user }))),
      },
      {
        chats: [1, 2].map((n) => ({
          _id: id(n),
          members: [{ user: { id: "ann" } }, { user: { id: "ben" } }],
        })),
      },
      {
        chats: [1, 2].map((n) => ({
          _id: id(n),
          first: { $ref: "users", $id: "ann" },
          second: { $ref: "users", $id: "ben" },
        })),
      },
    ];
    for (const [index, kind] of kinds.entries()) {
      await using field = await fieldDatabase({ model, data: { ...kind, messages } });
      await runDocumented(field, index);
      await expectMerged(field, "chats", { others: moved });
    }
    expect(documentedCommands).toHaveLength(kinds.length + otherCommands.length);
  });

  it("has commands that make chats of messages", async () => {
    const model = {
      chats: { participants: "users", scope: null },
      references: [{ collection: "messages", field: "chat" }],
    };
    const said = (n: number, from: string, to: string) => ({ _id: id(n), from, to });
    const conversation = [said(11, "ann", "ben"), said(12, "ben", "ann"), said(13, "ann", "cid")];
    await using field = await fieldDatabase({ model, data: { messages: conversation } });
    for (const index of [otherCommands[0], otherCommands[1]]) await runDocumented(field, index);
    expect(await field.all("messages")).toMatchObject([11, 11, 13].map((chat) => ({ chat: id(chat) })));
    expect(await field.up()).toMatchObject({ exit: 0 });
    const { chat } = await createOrGetChat(field.app(), { participants: ["ben", "ann"] });
    expect(chat.id).toBe(String(id(11)));
  });

  it("has a command that gives one id to the conversation of two owners' chats", async () => {
    const model = {
      chats: { participants: ["owner", "peer"], scope: "owner" },
      references: [{ collection: "messages", field: "roomId", toField: "roomId" }],
    };
    const chats = ["a_b", "b_a"].flatMap((roomId, at) => [
      { _id: id(10 * at + 1), owner: "ann", peer: "ben", roomId },
      { _id: id(10 * at + 2), owner: "ben", peer: "ann", roomId },
    ]);
    const said = ["a_b", "b_a"].map((roomId, at) => ({ _id: at, roomId }));
    const indexes = [{ collection: "chats", key: { roomId: 1 } }] as const;
    await using field = await fieldDatabase({ model, data: { chats, messages: said }, indexes });
    expect(await field.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringContaining("one value first"),
    });
    const inMessages = documentedCommands[otherCommands[2]];
    await runDocumented(field, otherCommands[2]);
    const inChats = JSON.parse(
      JSON.stringify(inMessages?.pipeline).replaceAll('"messages"', '"chats"'),
    ) as Document[];
    await field.db.collection("chats").aggregate(inChats).toArray();
    expect(await field.plan()).toMatchObject({ exit: 0, problems: "" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.all("messages")).toMatchObject([{ roomId: "a_b" }, { roomId: "a_b" }]);
    expect(await field.all("chats", { mergedInto: null })).toMatchObject([
      { roomId: "a_b" },
      { roomId: "a_b" },
    ]);
  });

  it("has a command for what people have by their place", async () => {
    const model: ChatModelInput = {
      chats: { participants: "users", scope: null },
      fold: { unreadOf: { union: { by: "user", fold: { unread: "sum" } } } },
      ignore: ["unread"],
    };
    const chats = [
      { _id: id(1), users: ["ann", "ben"], unread: [1, 2] },
      { _id: id(2), users: ["ben", "ann"], unread: [10, 20] },
    ];
    await using field = await fieldDatabase({ model, data: { chats } });
    await runDocumented(field, otherCommands[3]);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect((await field.one("chats", id(1)))["unreadOf"]).toEqual([
      { user: "ann", unread: 21 },
      { user: "ben", unread: 12 },
    ]);
  });
});
