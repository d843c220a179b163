import { ObjectId } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  fold: { messages: { union: { by: "_id", orderBy: "at" } } },
};
const largest = 16 * 1_024 * 1_024;
/** Of an element without its text, with its place in the array. */
const overhead = 55;

/** So many messages, every other of which is in the other chat, that take so many bytes together. */
function chats(count: number, bytes: number) {
  const t = "x".repeat(Math.floor(bytes / count) - overhead);
  return [0, 1].map((parity) => ({
    _id: id(parity + 1),
    users: ["a", "b"],
    messages: Array.from({ length: count / 2 }, (_, index) => {
      const number = index * 2 + parity;
      return { _id: new ObjectId(number.toString(16).padStart(24, "0")), at: new Date(number), t };
    }),
  }));
}

describe("what plan says of chats whose messages fill nearly a whole document", () => {
  it.each([
    [1_000, 0.99, 0],
    [60_000, 0.94, 0],
    [60_000, 0.99, 6],
  ])("is what up does: %i messages, %f of a document", async (count, share, expected) => {
    await using field = await fieldDatabase({ model });
    for (const chat of chats(count, share * largest)) await field.insert("chats", chat);
    const planned = await field.plan();
    const { exit } = await field.up();
    expect([planned.exit, exit]).toEqual([expected, expected]);
  });
});
