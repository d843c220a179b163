import type { Document } from "mongodb";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldCase, type FieldDatabase, id } from "./field-database.ts";
import { expect } from "vitest";

export const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "messages", field: "chat" }],
  fold: { createdAt: "min", updatedAt: "max", tags: "union" },
};

/** Three chats of a pair, with messages, times and tags of their own. */
export function tripled(more: Document = {}): NonNullable<FieldCase["data"]> {
  const numbers = [1, 2, 3];
  return {
    chats: numbers.map((number) => ({
      _id: id(number),
      users: ["a", "b"],
      createdAt: new Date(1_000 - number),
      updatedAt: new Date(1_000 + number),
      tags: [`tag ${number}`],
      ...more,
    })),
    messages: numbers.flatMap((number) =>
      [0, 1].map((index) => ({ _id: id(number * 10 + index), chat: id(number), text: `message ${index}` })),
    ),
  };
}

/** Refused by plan and up alike, in words that name these, with nothing written. */
export async function expectRefused(field: FieldDatabase, ...names: readonly string[]): Promise<void> {
  const before = await field.image(...Object.keys(tripled()));
  const plan = await field.plan();
  expect([plan.exit, plan.problems]).toEqual([3, expect.any(String)]);
  for (const name of names) expect(plan.problems).toContain(name);
  expect(await field.up()).toMatchObject({ exit: 3 });
  expect(await field.image(...Object.keys(tripled()))).toEqual(before);
}

/** Merged and verified, and every byte back by a rollback. */
export async function expectMergedAndBack(field: FieldDatabase, ...others: readonly string[]): Promise<void> {
  const before = await field.image("chats", "messages", ...others);
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.verify()).toMatchObject({ exit: 0 });
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.image("chats", "messages", ...others)).toEqual(before);
}

/** Where the messages are, in order of their ids. */
export const chatsOf = async (field: FieldDatabase): Promise<readonly string[]> =>
  (await field.all("messages")).map(({ chat }) => String(chat));
