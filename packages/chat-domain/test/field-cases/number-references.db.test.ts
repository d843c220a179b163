import { Int32, Long } from "mongodb";
import { describe, expect, it } from "vitest";
import { fieldDatabase } from "./field-database.ts";

describe("references to chats whose ids are numbers", () => {
  it.each([
    ["of 32 bits", "int", (n: number) => new Int32(n)],
    ["of 64 bits", "long", (n: number) => Long.fromNumber(n)],
    ["of 64 bits that no 32 would hold", "long", (n: number) => Long.fromNumber(1_700_000_000_000 + n)],
  ])("keep their type, and are undone to the byte: %s", async (_name, type, idOf) => {
    const [one, two] = [idOf(1), idOf(2)];
    await using field = await fieldDatabase({
      model: {
        chats: { participants: "users", scope: null, idType: "long" },
        references: [
          { collection: "messages", field: "chat" },
          { collection: "people", field: "chats" },
          { collection: "rooms", field: "list.chat" },
          { collection: "chats", field: "last.chat" },
        ],
        fold: { last: { newestBy: "last.at" } },
      },
      data: {
        chats: [one, two].map((_id, at) => ({ _id, users: ["a", "b"], last: { chat: _id, at } })),
        messages: [{ _id: 1, chat: two }],
        people: [{ _id: 1, chats: [two] }],
        rooms: [{ _id: 1, list: [{ chat: two }] }],
      },
    });
    const names = ["chats", "messages", "people", "rooms"];
    const before = await field.image(...names);
    expect(await field.up()).toMatchObject({ exit: 0 });
    const moved = async (collection: string, path: string): Promise<number> =>
      field.db
        .collection(collection)
        .countDocuments({ $and: [{ [path]: one }, { [path]: { $type: type } }] });
    expect(await moved("messages", "chat")).toBe(1);
    expect(await moved("people", "chats")).toBe(1);
    expect(await moved("rooms", "list.chat")).toBe(1);
    expect(await moved("chats", "last.chat")).toBe(2);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image(...names)).toEqual(before);
  });

  it("become what the survivor's is where the loser's was a text", async () => {
    await using field = await fieldDatabase({
      model: {
        chats: { participants: "users", scope: null },
        references: [{ collection: "rooms", field: "list.chat" }],
      },
      data: {
        chats: [7, "seven"].map((_id) => ({ _id, users: ["a", "b"] })),
        rooms: [{ _id: 1, list: [{ chat: "seven" }] }],
      },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const filter = { $and: [{ "list.chat": 7 }, { "list.chat": { $type: "int" } }] };
    expect(await field.db.collection("rooms").countDocuments(filter)).toBe(1);
  });
});
