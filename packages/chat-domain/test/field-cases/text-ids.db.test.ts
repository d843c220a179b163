import { type Document, ObjectId } from "mongodb";
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

describe("ids that are one as text", () => {
  const model = (toField = "_id"): ChatModelInput => ({
    chats: { participants: "users", scope: null },
    references: [{ collection: "messages", field: "chat", toField }],
  });
  const id = ObjectId.createFromTime(7);
  const [a, b] = [["a", "b"], ["x"]];
  it.each<readonly [string, readonly Document[]]>([
    [
      "of a duplicate and a chat of others",
      [
        { _id: 1, users: a },
        { _id: 2, users: a },
        { _id: "2", users: b },
      ],
    ],
    [
      "of a survivor and a chat of others",
      [
        { _id: "1", users: a },
        { _id: "2", users: a },
        { _id: 1, users: b },
      ],
    ],
    ["of two duplicates", [5, "5", 6].map((_id) => ({ _id, users: a }))],
    [
      "of ObjectIds",
      [
        { _id: id, users: a },
        { _id: "z", users: a },
        { _id: String(id), users: b },
      ],
    ],
  ])("are a problem: %s", async (_name, chats) => {
    await using field = await fieldDatabase({
      model: model(),
      data: { chats, messages: [{ chat: chats[0]?.["_id"] }] },
    });
    expect(await field.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringContaining("in another type"),
    });
    expect(await field.up()).toMatchObject({ exit: 3 });
  });

  it("are a problem in the field that references go by, and none where they are of no duplicate", async () => {
    const rooms = (numbers: readonly unknown[]): readonly Document[] =>
      numbers.map((no, at) => ({ _id: at, no, users: at < 2 ? a : [`u${at}`] }));
    const data = (numbers: readonly unknown[]) => ({ chats: rooms(numbers), messages: [{ chat: 2 }] });
    const indexes = [{ collection: "chats", key: { no: 1 } }];
    await using shared = await fieldDatabase({ model: model("no"), data: data([1, 2, "2"]), indexes });
    expect(await shared.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringContaining("shares its no"),
    });
    await using others = await fieldDatabase({
      model: model("no"),
      data: data([1, 2, "02", 3, "3"]),
      indexes,
    });
    expect(await others.plan()).toMatchObject({ exit: 0, problems: "" });
  });
});
