import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
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

  it("are no warning where they hold no chat's id, nor where they are named to be left", async () => {
    await using field = await databaseWith(
      [...references, { collection: "events", field: "chat", leave: true }],
      { messages, events: [{ _id: id(9), chat: id(2) }], users: [{ _id: id(900), friend: id(901) }] },
    );
    const { warnings } = await field.plan();
    expect(warnings).not.toMatch(/events|users/);
  });
});
