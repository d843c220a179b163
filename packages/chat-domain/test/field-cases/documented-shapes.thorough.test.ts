import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { documentedCommands, documentedShapes } from "./documented-shapes.ts";
import { expectMerged } from "./expect-merged.ts";
import { fieldDatabase, id } from "./field-database.ts";
import { messages, moved, shapeCases } from "./shape-cases.ts";

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
    ];
    expect(documentedCommands).toHaveLength(kinds.length);
    for (const [index, { collection, pipeline }] of documentedCommands.entries()) {
      await using field = await fieldDatabase({ model, data: { ...kinds[index], messages } });
      await field.db
        .collection(collection)
        .aggregate([...pipeline])
        .toArray();
      await expectMerged(field, "chats", { others: moved });
    }
  });
});
