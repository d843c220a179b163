import { DBRef, type Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { id } from "./field-database.ts";
import { databaseWith } from "./referred-chats.ts";

/** Ids of chats in collections and fields that no reference names. */

describe("collections and fields that nobody named", () => {
  const references = [{ collection: "messages", field: "chat" }] as const;
  const messages = [1, 2].map((number) => ({ _id: id(number), chat: id(number) }));

  it.each<readonly [string, string, Document]>([
    ["a field with ids", "reactions.chatId", { chatId: id(2), emoji: "+1" }],
    ["a field with ids as text", "drafts.room", { room: String(id(2)) }],
    ["a dotted field", "calls.context.chat", { context: { chat: id(1) } }],
    ["an array", "folders.chats", { chats: [id(2), id(1)] }],
    ["an array of documents", "people.open.chat", { open: [{ chat: id(2) }] }],
    ["part of an _id", "members._id.chat", { _id: { chat: id(2), user: "a" } }],
    ["an _id", "settings._id", { _id: id(2), isMuted: true }],
  ])("are a warning each, by name: %s", async (_name, path, row) => {
    const [collection = ""] = path.split(".");
    await using field = await databaseWith([...references], {
      messages,
      [collection]: [row, { ...row, _id: id(100) }],
    });
    const plan = await field.plan();
    expect([plan.exit, plan.warnings]).toEqual([0, expect.stringContaining(path)]);
  });

  it("of a collection that was named for another field are seen as well", async () => {
    const replies = messages.map((message) => ({ ...message, forwardedFrom: id(2) }));
    await using field = await databaseWith([...references], { messages: replies });
    expect((await field.plan()).warnings).toContain("messages.forwardedFrom");
  });

  it("are seen where they hold the value that references go by, and the chats' own is none of them", async () => {
    const rooms = [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"], room: `room-${number}` }));
    await using field = await databaseWith(
      [{ collection: "messages", field: "room", toField: "room" }],
      {
        chats: rooms,
        messages: rooms.map(({ _id, room }) => ({ _id, room })),
        drafts: [{ _id: id(20), inRoom: "room-2" }],
        rooms: [{ _id: id(21), name: "room-3" }],
      },
      { indexes: [{ collection: "chats", key: { room: 1 } }] },
    );
    const { exit, warnings } = await field.plan();
    expect([exit, warnings]).toEqual([0, expect.stringContaining("drafts.inRoom holds ids of chats")]);
    expect(warnings).not.toMatch(/chats\.room|messages|rooms/);
  });

  it("are no warning where they hold no chat's id, nor where they are named to be left", async () => {
    await using field = await databaseWith(
      [...references, { collection: "events", field: "chat", leave: true }],
      { messages, events: [{ _id: id(9), chat: id(2) }], users: [{ _id: id(900), friend: id(901) }] },
    );
    const { warnings } = await field.plan();
    expect(warnings).not.toMatch(/events|users/);
  });

  it.each<readonly [string, ChatModelInput["references"], Document]>([
    ["`where`", [{ collection: "likes", field: "on", where: { kind: "chat" } }], { kind: "Chat", on: id(2) }],
    [
      "`where` of each of several",
      [
        { collection: "likes", field: "on", where: { kind: "chat" } },
        { collection: "likes", field: "on", where: { kind: "group" }, leave: true },
      ],
      { on: id(2) },
    ],
    ["`prefix`", [{ collection: "likes", field: "on", prefix: "Chat$" }], { on: String(id(2)) }],
    [
      "`where`, inside an array of documents",
      [{ collection: "likes", field: "list.on.$id", where: { kind: "chat" } }],
      { list: [{ on: new DBRef("chats", id(2)) }] },
    ],
  ])("in documents that are outside a reference's %s are a warning", async (_name, more, row) => {
    const meant = {
      _id: id(50),
      kind: "chat",
      on: more?.[0]?.prefix === undefined ? id(1) : `Chat$${String(id(1))}`,
    };
    const listed = { _id: id(51), kind: "chat", list: [{ on: new DBRef("chats", id(1)) }] };
    await using field = await databaseWith([...references, ...(more ?? [])], {
      messages,
      likes: [meant, listed, { _id: id(60), ...row }],
    });
    const plan = await field.plan();
    expect([plan.exit, plan.warnings]).toEqual([
      0,
      expect.stringMatching(/likes\.(on|list\.on\.\$id) holds ids of chats that no reference selects/),
    ]);
  });

  it("are no warning where one field refers to several kinds of things, each by its own reference", async () => {
    await using field = await databaseWith(
      [
        ...references,
        { collection: "likes", field: "on", where: { kind: "chat" } },
        { collection: "likes", field: "on", where: { kind: "old" }, leave: true },
      ],
      {
        messages,
        likes: [
          { _id: id(50), kind: "chat", on: id(2) },
          { _id: id(51), kind: "old", on: id(2) },
          { _id: id(52), kind: "post", on: id(900) },
        ],
      },
    );
    expect((await field.plan()).warnings).not.toContain("likes");
  });
});
