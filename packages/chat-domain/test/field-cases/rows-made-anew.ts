import type { Document } from "mongodb";
import type { ChatModelInput } from "../../src/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** Who has not read how much, under a unique index: the old version makes such a row again when it finds none. */
export const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [{ collection: "members", field: "chat", onConflict: "fold", fold: { unread: "sum" } }],
};
export const row = (number: number, chat: number, unread: number, user = "a"): Document => ({
  _id: id(number),
  chat: id(chat),
  user,
  unread,
});

/** Two chats of the same people, merged, and a row for the duplicate that was made and folded since. */
export async function mergedDatabase(): Promise<FieldDatabase> {
  const field = await fieldDatabase({
    model,
    data: {
      chats: [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"] })),
      members: [row(21, 1, 1), row(22, 2, 2), row(23, 2, 8, "b")],
    },
    indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
  });
  await field.up();
  await field.insert("members", row(24, 2, 4), row(25, 2, 16, "b"));
  await field.up();
  return field;
}

/** By chat and person, with the names of all other fields. */
export async function unreadRows(field: FieldDatabase): Promise<readonly Document[]> {
  const rows = await field.all("members");
  return rows.map(({ chat, user, unread: count, ...others }) => [
    String(chat) === String(id(1)) ? 1 : 2,
    user as string,
    count as number,
    Object.keys(others).join(),
  ]);
}
