import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";
import { withCollMod } from "./with-coll-mod.ts";
import { expect } from "vitest";

/** Two chats that are to be merged, and all that may refer to one of them. */
export async function mergedChats(): Promise<FieldDatabase> {
  const field = await fieldDatabase({
    model: {
      chats: { participants: "users", scope: null },
      references: [
        { collection: "messages", field: "chat" },
        { collection: "people", field: "rooms" },
        { collection: "lists", field: "chats.id" },
        { collection: "members", field: "chat", onConflict: "keep-survivor" },
      ],
    },
    data: {
      chats: [1, 2, 3].map((no) => ({ _id: id(no), users: no === 3 ? ["c"] : ["a", "b"] })),
      messages: [1, 2].map((no) => ({ _id: no, chat: id(2) })),
      people: [{ _id: 1, rooms: [id(2)] }],
      lists: [{ _id: 1, chats: [{ id: id(2) }] }],
      members: ["x", "y", "z"].map((user, at) => ({ _id: at, chat: id(2), user })),
    },
    indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
  });
  return field;
}

const collections = ["chats", "messages", "people", "lists", "members"];

/** What a rollback comes to while a rule of the application's that came after the migration stands in its way, and after. */
export async function expectRefusedThenDone(collection: string, validator: object): Promise<void> {
  await using field = await mergedChats();
  const before = await field.image(...collections);
  expect(await field.up()).toMatchObject({ exit: 0 });
  const { db } = field;
  await withCollMod(db).command({ collMod: collection, validator });
  for (let repetition = 0; repetition < 2; repetition += 1) {
    expect(await field.rollback({ to: "none" })).toMatchObject({
      exit: 1,
      text: expect.stringMatching(
        new RegExp(`^a document of ${collection} cannot be written: the collection's validator refuses`),
      ),
    });
  }
  await withCollMod(db).command({ collMod: collection, validator: {} });
  expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
  expect(await field.image(...collections)).toEqual(before);
}
