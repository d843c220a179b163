import type { Document } from "mongodb";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldCase, type FieldDatabase, fieldDatabase, id } from "./field-database.ts";
import { expect } from "vitest";

type References = ChatModelInput["references"];

export const chats: ChatModelInput["chats"] = { participants: "users", scope: null };
/** A pair with two chats, and a chat of others. */
export const pair: readonly Document[] = [
  { _id: id(1), users: ["a", "b"] },
  { _id: id(2), users: ["b", "a"] },
  { _id: id(3), users: ["x", "y"] },
];

export function databaseWith(references: References, data: FieldCase["data"], more: Partial<FieldCase> = {}) {
  return fieldDatabase({ model: { chats, references }, data: { chats: pair, ...data }, ...more });
}

/** Its text has letters, so that upper case is another text. */
export const upperCased = id(0xabc);

/** Merged and verified: what the collection holds then; undone: every byte as before; and purged. */
export async function mergedAndBack(field: FieldDatabase, collection: string): Promise<readonly Document[]> {
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
