import { DBRef, type Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, resolveChatId } from "../../src/index.ts";
import { type FieldCase, type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** What refers to a chat follows it, in whatever form; what cannot is told of before anything is written. */
type References = ChatModelInput["references"];

const chats: ChatModelInput["chats"] = { participants: "users", scope: null };
/** A pair with two chats, and a chat of others. */
const pair: readonly Document[] = [
  { _id: id(1), users: ["a", "b"] },
  { _id: id(2), users: ["b", "a"] },
  { _id: id(3), users: ["x", "y"] },
];

function databaseWith(references: References, data: FieldCase["data"], more: Partial<FieldCase> = {}) {
  return fieldDatabase({ model: { chats, references }, data: { chats: pair, ...data }, ...more });
}

/** Its text has letters, so that upper case is another text. */
const upperCased = id(0xabc);

/** Merged and verified: what the collection holds then; undone: every byte as before; and purged. */
async function mergedAndBack(field: FieldDatabase, collection: string): Promise<readonly Document[]> {
  const before = await field.image("chats", collection);
  const plan = await field.plan();
  expect([plan.exit, plan.problems]).toEqual([0, ""]);
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.verify()).toMatchObject({ exit: 0 });
  const merged = await field.all(collection);
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.image("chats", collection)).toEqual(before);
  expect(await field.purge()).toMatchObject({ exit: 0 });
  expect(await field.verify()).toMatchObject({ exit: 0 });
  const isLive = ({ mergedInto }: Document): boolean => mergedInto === undefined;
  expect(await field.all(collection)).toEqual(merged.filter(isLive));
  return merged;
}

describe("a reference that holds something else than ids", () => {
  it.each([
    ["a DBRef", new DBRef("chats", id(2))],
    ["a document with the id", { _id: id(2) }],
    ["the id as text in upper case", String(upperCased).toUpperCase()],
    ["the id in an array in an array", [[id(2)]]],
  ])("is a problem where it names a duplicate: %s", async (_name, value) => {
    const data = {
      chats: [...pair, { _id: upperCased, users: ["a", "b"] }],
      messages: [
        { _id: id(8), chat: id(1) },
        { _id: id(9), chat: value },
      ],
    };
    await using field = await databaseWith([{ collection: "messages", field: "chat" }], data);
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringContaining("messages.chat")]);
    expect(await field.up()).toMatchObject({ exit: 3 });
    expect(await field.one("messages", id(9))).toMatchObject({ chat: value });
  });

  it("is a problem where none of its values is a chat's id: rooms whose messages hold roomId", async () => {
    const rooms = [
      { _id: id(1), roomId: "r1", users: ["a", "b"] },
      { _id: id(2), roomId: "r2", users: ["b", "a"] },
    ];
    const messages = ["r1", "r2", "r2"].map((roomId, number) => ({ _id: id(10 + number), roomId }));
    await using field = await databaseWith([{ collection: "messages", field: "roomId" }], {
      chats: rooms,
      messages,
    });
    const plan = await field.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringContaining("messages.roomId")]);
  });

  it.each([
    ["an empty collection", []],
    ["a field that no document has", [{ _id: id(9), text: "hi" }]],
    [
      "null, and empty text",
      [
        { _id: id(8), chat: null },
        { _id: id(9), chat: "" },
      ],
    ],
  ])("is no problem, but worth a warning, where it holds no values: %s", async (_name, messages) => {
    await using field = await databaseWith([{ collection: "messages", field: "chat" }], { messages });
    const plan = await field.plan();
    expect([plan.exit, plan.warnings]).toEqual([0, expect.stringContaining("messages")]);
    expect(await field.up()).toMatchObject({ exit: 0 });
  });
});

describe("a reference that is described", () => {
  it("as `chat.$id` of a DBRef follows its chat", async () => {
    const messages = [1, 2, 3].map((number) => ({ _id: id(number), chat: new DBRef("chats", id(number)) }));
    await using field = await databaseWith([{ collection: "messages", field: "chat.$id" }], { messages });
    const merged = await mergedAndBack(field, "messages");
    expect(merged.map(({ chat }) => String((chat as DBRef).oid))).toEqual(
      [1, 1, 3].map((number) => String(id(number))),
    );
  });

  it("with toField names another field of the chat than its _id", async () => {
    const rooms = [
      { _id: id(1), roomId: "r1", users: ["a", "b"] },
      { _id: id(2), roomId: "r2", users: ["b", "a"] },
      { _id: id(3), roomId: "r3", users: ["x", "y"] },
    ];
    const messages = ["r1", "r2", "r2", "r3"].map((roomId, number) => ({ _id: id(10 + number), roomId }));
    await using field = await databaseWith(
      [{ collection: "messages", field: "roomId", toField: "roomId" }],
      { chats: rooms, messages },
      { indexes: [{ collection: "chats", key: { roomId: 1 } }] },
    );
    const merged = await mergedAndBack(field, "messages");
    expect(merged.map(({ roomId }) => roomId as string)).toEqual(["r1", "r1", "r1", "r3"]);
    // Purged by now: a deep link of old still leads to the chat.
    expect(await resolveChatId(field.app(), "r2", { field: "roomId" })).toBe(String(id(1)));
    expect(await resolveChatId(field.app(), "r3", { field: "roomId" })).toBe(String(id(3)));
  });

  it("with toField is a problem where a duplicate has no such value, or where the field has no index", async () => {
    const rooms = [
      { _id: id(1), roomId: "r1", users: ["a", "b"] },
      { _id: id(2), users: ["b", "a"] },
    ];
    const references = [{ collection: "messages", field: "roomId", toField: "roomId" }];
    const messages = [{ _id: id(9), roomId: "r1" }];
    const indexes = [{ collection: "chats", key: { roomId: 1 } }] as const;
    await using lacking = await databaseWith(references, { chats: rooms, messages }, { indexes });
    expect(await lacking.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("roomId") });
    const complete = rooms.map((room, number) => ({ ...room, roomId: `r${number}` }));
    await using unindexed = await databaseWith(references, { chats: complete, messages });
    const plan = await unindexed.plan();
    expect([plan.exit, plan.problems]).toEqual([3, expect.stringMatching(/roomId[^]*index|index[^]*roomId/)]);
  });

  it("with toField moves nothing where duplicates hold the same value", async () => {
    const rooms = [1, 2].map((number) => ({ _id: id(number), slug: "a-and-b", users: ["a", "b"] }));
    const messages = [{ _id: id(9), slug: "a-and-b" }];
    await using field = await databaseWith(
      [{ collection: "messages", field: "slug", toField: "slug" }],
      { chats: rooms, messages },
      { indexes: [{ collection: "chats", key: { slug: 1 } }] },
    );
    expect(await mergedAndBack(field, "messages")).toEqual(messages);
  });

  it("with a prefix is text before the id", async () => {
    const likes = [1, 2, 3].map((number) => ({
      _id: id(number),
      subject: `Conversation$${String(id(number))}`,
    }));
    const other = { _id: id(9), subject: `Post$${String(id(2))}` };
    await using field = await databaseWith(
      [{ collection: "likes", field: "subject", prefix: "Conversation$" }],
      { likes: [...likes, other] },
    );
    const merged = await mergedAndBack(field, "likes");
    expect(merged.map(({ subject }) => subject as string)).toEqual([
      ...[1, 1, 3].map((number) => `Conversation$${String(id(number))}`),
      other.subject,
    ]);
  });

  it("with a where is of some rows only", async () => {
    const activities = [
      { _id: id(1), kind: "chat", subject: id(2) },
      // The id of something else, which happens to be the same.
      { _id: id(2), kind: "invoice", subject: id(2) },
    ];
    await using field = await databaseWith(
      [{ collection: "activities", field: "subject", where: { kind: "chat" } }],
      { activities },
    );
    expect(await mergedAndBack(field, "activities")).toEqual([
      { ...activities[0], subject: id(1) },
      activities[1],
    ]);
  });

  it("with leave stays as it is, and nobody asks why", async () => {
    const events = [{ _id: id(1), chat: id(2) }];
    await using field = await databaseWith([{ collection: "events", field: "chat", leave: true }], {
      events,
    });
    expect(await mergedAndBack(field, "events")).toEqual(events);
    expect((await field.plan()).warnings).not.toContain("events");
  });
});

describe("an id inside an array of documents", () => {
  const references = [{ collection: "people", field: "chats.chat" }] as const;

  it("is changed in place", async () => {
    const people = [
      {
        _id: "a",
        chats: [
          { chat: id(3), muted: true },
          { chat: id(2), color: "red", pinned: { at: 1 } },
        ],
      },
      { _id: "x", chats: [{ chat: id(3) }] },
    ];
    await using field = await databaseWith([...references], { people });
    const merged = await mergedAndBack(field, "people");
    expect(merged[0]).toEqual({
      _id: "a",
      chats: [
        { chat: id(3), muted: true },
        { chat: id(1), color: "red", pinned: { at: 1 } },
      ],
    });
    expect(merged[1]).toEqual(people[1]);
  });

  it("becomes a second element for the survivor without a policy, and one with it", async () => {
    const people = [
      {
        _id: "a",
        chats: [
          { chat: id(2), unread: 2 },
          { chat: id(1), unread: 1 },
        ],
      },
    ];
    await using both = await databaseWith([...references], { people });
    expect((await mergedAndBack(both, "people"))[0]?.["chats"]).toEqual([
      { chat: id(1), unread: 2 },
      { chat: id(1), unread: 1 },
    ]);
    const policy = [{ ...references[0], onConflict: "keep-survivor" }] as const;
    await using kept = await databaseWith([...policy], { people });
    expect((await mergedAndBack(kept, "people"))[0]?.["chats"]).toEqual([{ chat: id(1), unread: 1 }]);
  });

  it("is not folded into one element with another of the survivor's than one", async () => {
    const people = [
      {
        _id: "a",
        chats: [
          { chat: id(1), device: "phone" },
          { chat: id(1), device: "desk" },
          { chat: id(2), device: "phone" },
        ],
      },
    ];
    await using field = await databaseWith([{ ...references[0], onConflict: "keep-survivor" }], { people });
    expect((await mergedAndBack(field, "people"))[0]?.["chats"]).toEqual([
      { chat: id(1), device: "phone" },
      { chat: id(1), device: "desk" },
    ]);
  });
});

describe("ids as the keys of a map", () => {
  const [one, two, three] = [1, 2, 3].map((number) => String(id(number))) as [string, string, string];
  const references = [{ collection: "people", field: "lastRead.$*" }] as const;

  it("follow their chat", async () => {
    const people = [
      { _id: "a", lastRead: { [three]: 3, [two]: 2 } },
      { _id: "b", lastRead: { [one]: 1 } },
      { _id: "c" },
    ];
    await using field = await databaseWith([...references], { people });
    const merged = await mergedAndBack(field, "people");
    expect(merged[0]?.["lastRead"]).toEqual({ [three]: 3, [one]: 2 });
    expect(merged.slice(1)).toEqual(people.slice(1));
  });

  it("that are both there are a problem without a policy; keep-survivor keeps the survivor's, a fold folds", async () => {
    const people = [{ _id: "a", lastRead: { [one]: 1, [two]: 2 } }];
    await using unruly = await databaseWith([...references], { people });
    expect(await unruly.plan()).toMatchObject({ exit: 3, problems: expect.stringContaining("lastRead") });
    await using kept = await databaseWith([{ ...references[0], onConflict: "keep-survivor" }], { people });
    expect((await mergedAndBack(kept, "people"))[0]?.["lastRead"]).toEqual({ [one]: 1 });
    await using folded = await databaseWith([{ ...references[0], onConflict: "fold", fold: "max" }], {
      people,
    });
    expect((await mergedAndBack(folded, "people"))[0]?.["lastRead"]).toEqual({ [one]: 2 });
  });
});

describe("references inside the chats themselves", () => {
  it("lie in a folded field, and are undone to the byte", async () => {
    const rooms = [
      { _id: "a", users: ["a", "b"], lm: 1, lastMessage: { rid: "a", at: 1 } },
      { _id: "b", users: ["b", "a"], lm: 2, lastMessage: { rid: "b", at: 2 } },
    ];
    const model: ChatModelInput = {
      chats: { ...chats, collection: "rooms", idType: "string" },
      references: [
        { collection: "messages", field: "rid" },
        { collection: "rooms", field: "lastMessage.rid" },
      ],
      fold: { lm: "max", lastMessage: { newestBy: "lm" } },
    };
    await using field = await fieldDatabase({
      model,
      data: { rooms, messages: [{ _id: "m", rid: "b" }] },
    });
    const before = await field.image("rooms", "messages");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("rooms", "a")).toMatchObject({ lm: 2, lastMessage: { rid: "a", at: 2 } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("rooms", "messages")).toEqual(before);
  });

  it.each([
    ["a thread's parent", { parent: id(2) }, "parent"],
    ["a list of related chats", { related: [id(2), id(1)] }, "related"],
  ])("lie in another chat, and are undone to the byte: %s", async (_name, fields, path) => {
    const withThread = [...pair.slice(0, 2), { ...pair[2], ...fields }];
    await using field = await databaseWith([{ collection: "chats", field: path }], { chats: withThread });
    await mergedAndBack(field, "chats");
  });
});

describe("collections and fields that nobody named", () => {
  const references = [{ collection: "messages", field: "chat" }] as const;
  const messages = [1, 2].map((number) => ({ _id: id(number), chat: id(number) }));

  it.each<readonly [string, string, Document]>([
    ["a field with ids", "reactions.chatId", { chatId: id(2), emoji: "+1" }],
    ["a field with ids as text", "drafts.room", { room: String(id(2)) }],
    ["a dotted field", "calls.context.chat", { context: { chat: id(1) } }],
    ["an array", "folders.chats", { chats: [id(2), id(1)] }],
    ["an array of documents", "people.open.chat", { open: [{ chat: id(2) }] }],
  ])("are a warning each, by name: %s", async (_name, path, row) => {
    const [collection = ""] = path.split(".");
    await using field = await databaseWith([...references], {
      messages,
      [collection]: Array.from({ length: 5 }, (_, number) => ({ _id: id(100 + number), ...row })),
    });
    const plan = await field.plan();
    expect([plan.exit, plan.warnings]).toEqual([0, expect.stringContaining(path)]);
  });

  it("of a collection that was named for another field are seen as well", async () => {
    const replies = messages.map((message) => ({ ...message, forwardedFrom: id(2) }));
    await using field = await databaseWith([...references], { messages: replies });
    expect((await field.plan()).warnings).toContain("messages.forwardedFrom");
  });

  it("are no warning where they hold no chat's id, nor where they are named to be left", async () => {
    await using field = await databaseWith(
      [...references, { collection: "events", field: "chat", leave: true }],
      { messages, events: [{ _id: id(9), chat: id(2) }], users: [{ _id: id(900), friend: id(901) }] },
    );
    const { warnings } = await field.plan();
    expect(warnings).not.toMatch(/events|users/);
  });
});
