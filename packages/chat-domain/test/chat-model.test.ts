import { MongoClient } from "mongodb";
import { describe, expect, it } from "vitest";
import { chatContext, ChatModel, chatIndexes } from "../src/index.ts";

describe("ChatModel", () => {
  it("describes onechat's own documents when nothing is said", () => {
    expect(ChatModel.parse({})).toEqual({
      chats: {
        collection: "chats",
        participants: "participants",
        participantType: "string",
        idType: "objectId",
        where: {},
        scope: "scope",
        scopeType: "string",
        keyField: "participantsKey",
        drift: "refuse",
        perParticipant: [],
        survivor: [],
      },
      references: [],
      fold: {},
      ignore: [],
      recordsPrefix: "",
    });
  });

  it("cannot be changed once it is resolved", () => {
    const { chats } = ChatModel.parse({});
    expect(Object.isFrozen(chats)).toBe(true);
  });

  it.each([
    { name: "a field it does not know", chats: { participant: "users" } },
    { name: "an empty path", chats: { participants: "" } },
    { name: "an operator as a path", chats: { participants: "$where" } },
    { name: "a path with an empty part", chats: { participants: "members..userId" } },
    { name: "an id type it does not know", chats: { participantType: "decimal" } },
    { name: "onechat's own field for the participants", chats: { participants: "participantsKey" } },
    { name: "one field for participants and scope", chats: { participants: "scope" } },
    { name: "a filter that is no document", chats: { where: "isGroupChat" } },
    { name: "a single field of one person", chats: { participants: ["senderId"] } },
    { name: "a field for two of the people", chats: { participants: ["a.b", "a"] } },
    {
      name: "a scope in the people's array",
      chats: { participants: "info.members.userId", scope: "info.members.org" },
    },
    { name: "a scope that holds the people", chats: { participants: "info.members.userId", scope: "info" } },
    { name: "a scope inside of a person's field", chats: { participants: ["a.b", "c"], scope: "a" } },
    { name: "a survivor by two criteria in one", chats: { survivor: [{ min: "createdAt", max: "lm" }] } },
    { name: "fields per participant of an array", chats: { perParticipant: [["a", "b"]] } },
  ])("refuses $name", ({ chats }) => {
    expect(ChatModel.safeParse({ chats }).success).toBe(false);
  });

  it.each(["info.members", "info", "info.members.userId", "info.members.unread", "info.members.userId.at"])(
    "refuses a fold of %s, on, above or below the people",
    (field) => {
      const chats = { participants: "info.members.userId" };
      expect(ChatModel.safeParse({ chats, fold: { [field]: "max" } }).success).toBe(false);
    },
  );

  it("takes folds and a scope that lie beside the people in one sub-document", () => {
    const chats = { participants: "info.members.userId", scope: "info.tenant" };
    const fold = { "info.lastAt": "max", "info.membersCount": "max" };
    expect(ChatModel.safeParse({ chats, fold }).success).toBe(true);
    expect(ChatModel.safeParse({ chats, fold: { "info.tenant": "max" } }).success).toBe(false);
  });

  it.each([
    { name: "a fold of who is in a chat", model: { fold: { participants: "union" } } },
    { name: "a fold of onechat's own fields", model: { fold: { aliases: "union" } } },
    { name: "a strategy it does not know", model: { fold: { title: "average" } } },
    {
      name: "a newest value without the greatest time beside it",
      model: { fold: { last: { newestBy: "updatedAt" }, updatedAt: "min" } },
    },
    {
      name: "a reference named twice",
      model: { references: [1, 2].map(() => ({ collection: "messages", field: "chat" })) },
    },
    ...(["intersection", "min", "max", { concat: {} }, { eachKey: "sum" }] as const).map((strategy) => ({
      name: `references of chats to chats that fold by ${JSON.stringify(strategy)}`,
      model: {
        references: [
          {
            collection: "chats",
            field: typeof strategy === "object" && "eachKey" in strategy ? "links.$*" : "links",
          },
        ],
        fold: { links: strategy },
      },
    })),
    ...[undefined, "keep-survivor"].map((onConflict) => ({
      name: `a union by references of chats to chats that says another thing than they do (${String(onConflict)})`,
      model: {
        references: [{ collection: "chats", field: "links.chat", onConflict }],
        fold: { links: { union: { by: "chat", fold: { n: "sum" } } } },
      },
    })),
    {
      name: "fields to fold without saying that a conflict is folded",
      model: { references: [{ collection: "members", field: "chat", fold: { unread: "max" } }] },
    },
    {
      name: "a conflict that is folded, without saying how",
      model: { references: [{ collection: "members", field: "chat", onConflict: "fold" }] },
    },
    {
      name: "a fold of what references go by",
      model: {
        references: [{ collection: "messages", field: "room", toField: "room.id" }],
        fold: { room: { newestBy: "room.at" } },
      },
    },
  ])("refuses $name", ({ model }) => {
    expect(ChatModel.safeParse(model).success).toBe(false);
  });

  it.each([
    { name: "three fields of two people", perParticipant: [["x", "y", "z"]] },
    { name: "fields inside of each other", perParticipant: [["read", "read.at"]] },
    { name: "a field of the people", perParticipant: [["buyer", "x"]] },
    {
      name: "one field twice",
      perParticipant: [
        ["x", "y"],
        ["y", "z"],
      ],
    },
    { name: "two strategies for one pair", perParticipant: [["min", "max"]] },
    { name: "a strategy for what is inside of a pair", perParticipant: [["min", "inside"]] },
  ])("refuses per participant $name", ({ perParticipant }) => {
    const chats = { participants: ["buyer", "seller"], perParticipant };
    const fold = { min: "min", max: "max", "inside.it": "max" } as const;
    expect(ChatModel.safeParse({ chats, fold }).success).toBe(false);
    expect(ChatModel.safeParse({ chats: { ...chats, perParticipant: [["x", "y"]] }, fold }).success).toBe(
      true,
    );
  });

  it.each([
    { chats: { where: { $or: [{ $text: { $search: "dm" } }] } } },
    { chats: { survivor: [{ where: { $where: "true" } }] } },
    { references: [{ collection: "m", field: "chat", where: { at: { $near: [0, 0] } } }] },
    { fold: { n: { recount: { collection: "m", field: "chat", where: { $nor: [{ $where: "1" }] } } } } },
  ])("takes no filter that the server cannot combine with others: %j", (model) => {
    expect(() => ChatModel.parse(model)).toThrow("a filter without $where, $text");
  });

  it.each([
    { chats: { where: { at: { $gte: new Date("2026-13-01") } } } },
    { chats: { survivor: [{ where: { $or: [{ at: new Date(Number.NaN) }] } }] } },
    { references: [{ collection: "m", field: "chat", where: { at: { $lt: new Date("tomorrow") } } }] },
  ])("takes no date in a filter that is none, which is stored as 1970: %j", (model) => {
    expect(() => ChatModel.parse(model)).toThrow("a filter whose dates are dates");
  });

  it("comes with limits that are whole numbers", () => {
    const db = new MongoClient("mongodb://127.0.0.1:9/").db("app");
    for (const options of [
      { maxParticipants: Number.NaN },
      { maxParticipants: 0 },
      { maxParticipants: 10_001 },
      { deadlineMs: Number.POSITIVE_INFINITY },
    ]) {
      expect(() => chatContext(db, options)).toThrow(RangeError);
    }
  });

  it("decides which fields are indexed", () => {
    const model = ChatModel.parse({ chats: { participants: "members.userId" } });
    expect(chatIndexes(model)).toEqual([
      { key: { participantsKey: 1 }, options: expect.objectContaining({ unique: true, sparse: true }) },
      {
        key: { "members.userId": 1, _id: 1 },
        options: { name: "participants_by_id", collation: { locale: "simple" } },
      },
    ]);
    const ofFields = ChatModel.parse({ chats: { participants: ["people.buyer", "people.seller"] } });
    expect(chatIndexes(ofFields).map(({ key }) => key)).toEqual([
      { participantsKey: 1 },
      { "people.buyer": 1, _id: 1 },
      { "people.seller": 1, _id: 1 },
    ]);
  });
});
