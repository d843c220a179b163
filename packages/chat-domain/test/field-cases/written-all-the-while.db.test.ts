import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { migrateUp, migrationContext } from "../../src/migrate/index.ts";
import { interruptedDatabase } from "../migrate/interrupted-database.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

const model = {
  references: [
    { collection: "messages", field: "chat" },
    { collection: "members", field: "chat", onConflict: "fold", fold: { unread: "sum" } },
  ],
} as const;

function twins(): Promise<FieldDatabase> {
  return fieldDatabase({
    model,
    indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
    data: {
      chats: [1, 2].map((number) => ({ _id: id(number), participants: ["a", "b"] })),
      messages: [1, 2].map((number) => ({ _id: id(10 + number), chat: id(number) })),
      members: [1, 2].map((number) => ({ _id: id(20 + number), chat: id(number), user: "a", unread: 1 })),
    },
  });
}

/** The old version writes to the duplicate. */
async function write({ db }: FieldDatabase, collection: string): Promise<void> {
  const [chat, unread] = [id(2), 1];
  if (collection === "messages") await db.collection(collection).insertOne({ chat });
  else await db.collection(collection).updateOne({ chat, user: "a" }, { $inc: { unread } }, { upsert: true });
}

async function expectAllMoved(field: FieldDatabase, collection: string, writes: number): Promise<void> {
  expect(writes).toBeGreaterThan(0);
  expect(await field.up()).toMatchObject({ exit: 0 });
  const [messages, members] = [await field.all("messages"), await field.all("members")];
  expect(messages.map(({ chat }) => String(chat))).toEqual(messages.map(() => String(id(1))));
  expect(messages).toHaveLength(collection === "messages" ? 2 + writes : 2);
  expect(members).toMatchObject([{ chat: id(1), unread: collection === "members" ? 2 + writes : 2 }]);
  expect(await field.verify()).toMatchObject({ exit: 0 });
}

/** More than a run needs whose steps come to an end. */
const mostWrites = 500;

describe("an old version that writes all the while", () => {
  it.each(["messages", "members"])(
    "does not keep a run from its end, whenever %s are about to move",
    async (collection) => {
      await using field = await twins();
      let writes = 0;
      const db = interruptedDatabase(field.db, async ({ update, updates }) => {
        const [statement] = (updates ?? []) as readonly Document[];
        const [change] = [statement?.["u"]].flat() as readonly (Document | undefined)[];
        if (update !== collection || change?.["$set"]?.chat === undefined) return;
        writes += 1;
        if (writes > mostWrites) throw new Error("the run goes on and on");
        await write(field, collection);
      });
      const { outcome } = await migrateUp(migrationContext(db, { model, graceMs: 0 }));
      expect(["done", "unsettled"]).toContain(outcome);
      await expectAllMoved(field, collection, writes);
    },
  );

  it("has nobody set aside because a row changes at every look", async () => {
    await using field = await twins();
    let writes = 0;
    const db = interruptedDatabase(field.db, async (command) => {
      if (writes === 40 || (command["update"] ?? command["delete"]) !== "members") return;
      writes += 1;
      await write(field, "members");
    });
    const { outcome } = await migrateUp(migrationContext(db, { model, graceMs: 0 }));
    expect(outcome).toBe("done");
    await expectAllMoved(field, "members", writes);
  });
});
