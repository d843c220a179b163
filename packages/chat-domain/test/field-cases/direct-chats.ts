import { expect } from "vitest";
import { type ChatModelInput, participantsKey } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

export const references = [{ collection: "messages", field: "chat" }];
/** Chats of two are unique by their people, groups are not. */
export const direct: ChatModelInput = {
  chats: { participants: "users", scope: null, where: { isGroupChat: false } },
  references,
};
export const keyOf = (...people: readonly string[]): string => participantsKey(people);

/** Where every message is, by its text. */
export async function messages(field: FieldDatabase): Promise<Readonly<Record<string, string>>> {
  const all = await field.all("messages");
  return Object.fromEntries(all.map(({ m, chat }) => [m as string, String(chat)]));
}

/** One chat of a and b that holds their key. */
export async function pairWithKey(model: ChatModelInput = direct): Promise<FieldDatabase> {
  const field = await fieldDatabase({
    model,
    data: { chats: [{ _id: id(1), users: ["a", "b"], isGroupChat: false, deleted: false }] },
  });
  expect(await field.up()).toMatchObject({ exit: 0 });
  expect(await field.one("chats", id(1))).toMatchObject({ participantsKey: keyOf("a", "b") });
  return field;
}
