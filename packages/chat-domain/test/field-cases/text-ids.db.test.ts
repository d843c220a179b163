import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase } from "./field-database.ts";

type Survivor = NonNullable<NonNullable<ChatModelInput["chats"]>["survivor"]>;

/** Two chats of the same people, one of which has a text for an id. */
function databaseWith(survivor: Survivor) {
  const rooms: readonly Document[] = [{ _id: 1, chats: ["seven", "7", 7, "other"] }];
  return fieldDatabase({
    model: {
      chats: { participants: "users", scope: null, survivor },
      references: [{ collection: "rooms", field: "chats" }],
    },
    data: { chats: [7, "seven"].map((_id) => ({ _id, users: ["a", "b"] })), rooms },
  });
}

const way = '"survivor": [{ "where": { "_id": { "$type": "string" } } }]';

describe("a duplicate with a text for an id, and a survivor that has none", () => {
  it("is what plan warns of, as what refers to it may mean either, and says how to avoid it", async () => {
    await using field = await databaseWith([]);
    expect(await field.plan()).toMatchObject({ exit: 0, warnings: expect.stringContaining(way) as unknown });
    const before = await field.image("chats", "rooms");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("rooms", 1)).toMatchObject({ chats: [7, "other"] });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "rooms")).toEqual(before);
  });

  it("is none where the chat with the text survives", async () => {
    await using field = await databaseWith([{ where: { _id: { $type: "string" } } }]);
    expect(await field.plan()).toMatchObject({ exit: 0, warnings: "" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("rooms", 1)).toMatchObject({ chats: ["seven", "other"] });
  });
});
