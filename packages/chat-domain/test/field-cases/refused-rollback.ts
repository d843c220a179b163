import type { ChatModelInput } from "../../src/index.ts";
import type { MigrationEvent } from "../../src/migrate/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";
import { withCollMod } from "./with-coll-mod.ts";

export const model: ChatModelInput = {
  chats: { participants: "users", scope: null },
  references: [
    { collection: "messages", field: "chat" },
    { collection: "people", field: "rooms" },
    { collection: "lists", field: "chats.id" },
    { collection: "members", field: "chat", onConflict: "keep-survivor" },
  ],
  fold: { n: "sum" },
};

/** Two chats that are to be merged, and all that may refer to one of them. */
export async function mergedChats(): Promise<FieldDatabase> {
  const field = await fieldDatabase({
    model,
    data: {
      chats: [1, 2, 3].map((no) => ({ _id: id(no), users: no === 3 ? ["c"] : ["a", "b"], n: 1 })),
      messages: [1, 2].map((no) => ({ _id: no, chat: id(2) })),
      people: [{ _id: 1, rooms: [id(2)] }],
      lists: [{ _id: 1, chats: [{ id: id(2) }] }],
      members: ["x", "y", "z", "w", "w"].map((user, at) => ({ _id: at, chat: id(at === 3 ? 1 : 2), user })),
    },
    indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
  });
  return field;
}

const collections = ["chats", "messages", "people", "lists", "members"];

export interface RolledBack {
  /** Of two attempts under the validator, and one without it. */
  readonly exits: readonly number[];
  /** What the first one has said. */
  readonly text: string;
  /** Whether everything is what it was before the migration. */
  readonly isSame: boolean;
}

/** What a rollback comes to while a rule of the application's that came after the migration stands in its way, and after. */
export async function rolledBackUnder(collection: string, validator: object): Promise<RolledBack> {
  await using field = await mergedChats();
  const before = await field.image(...collections);
  await field.up();
  const { db } = field;
  await withCollMod(db).command({ collMod: collection, validator });
  const refused = [await field.rollback({ to: "none" }), await field.rollback({ to: "none" })];
  await withCollMod(db).command({ collMod: collection, validator: {} });
  const ended = [...refused, await field.rollback({ to: "none" })];
  const isSame = JSON.stringify(await field.image(...collections)) === JSON.stringify(before);
  return { exits: ended.map(({ exit }) => exit), text: refused[0]?.text ?? "", isSame };
}

/** What a rollback has to say. */
export function notesOf(events: readonly MigrationEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.event === "note" && !event.message.startsWith("building index") ? [event.message] : [],
  );
}
