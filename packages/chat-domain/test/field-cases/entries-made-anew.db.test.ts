import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { migrateUp, migrationContext } from "../../src/migrate/index.ts";
import { dyingDatabase, expireLease, ProcessDied } from "../migrate/dying-database.ts";
import { interruptedDatabase } from "../migrate/interrupted-database.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

type Reference = NonNullable<ChatModelInput["references"]>[number];
const [one, two, three] = [1, 2, 3].map((number) => String(id(number))) as [string, string, string];

/** Three chats of the same people, and a person who holds them. */
function holding(reference: Omit<Reference, "collection">, person: Document): Promise<FieldDatabase> {
  return fieldDatabase({
    model: {
      chats: { participants: "users", scope: null },
      references: [{ collection: "people", ...reference }],
    },
    data: {
      chats: [1, 2, 3].map((number) => ({ _id: id(number), users: ["a", "b"] })),
      people: [{ _id: "a", ...person }],
    },
  });
}

const element = (number: number, n: number): Document => ({ chat: id(number), n });
const summed = { onConflict: "fold", fold: { n: "sum" } } as const;
const kept = { onConflict: "keep-survivor" } as const;

describe("what the old version makes anew inside a document", () => {
  it.each<readonly [string, Omit<Reference, "collection">, Document, readonly Document[], Document]>([
    [
      "an element, to the unit",
      { field: "list.chat", ...summed },
      { list: [element(1, 1), element(2, 2)] },
      [{ $push: { list: element(2, 4) } }, { $push: { list: element(2, 4) } }],
      { list: [element(1, 1), element(2, 10)] },
    ],
    [
      "an element that nothing becomes one with",
      { field: "list.chat" },
      { list: [element(2, 2), { chat: id(9) }] },
      [{ $push: { list: element(2, 4) } }],
      { list: [element(2, 2), { chat: id(9) }, element(2, 4)] },
    ],
    [
      "an element of a duplicate that had none",
      { field: "list.chat", ...summed },
      { list: [element(1, 1), element(2, 2)] },
      [{ $push: { list: element(3, 4) } }],
      { list: [element(1, 1), element(2, 2), element(3, 4)] },
    ],
    [
      "an element where the survivor's stays",
      { field: "list.chat", ...kept },
      { list: [element(1, 1), element(2, 2)] },
      [{ $push: { list: element(2, 4) } }],
      { list: [element(1, 1), element(2, 2), element(2, 4)] },
    ],
    [
      "a key, to the unit",
      { field: "map.$*", onConflict: "fold", fold: "sum" },
      { map: { [one]: 1, [two]: 2 } },
      [{ $inc: { [`map.${two}`]: 2 } }, { $inc: { [`map.${two}`]: 2 } }],
      { map: { [one]: 1, [two]: 6 } },
    ],
    [
      "a key of documents",
      { field: "map.$*", ...summed },
      { map: { [two]: { n: 2, x: 1 }, [one]: { n: 1 } } },
      [{ $set: { [`map.${two}`]: { n: 5 } } }],
      { map: { [two]: { n: 7, x: 1 }, [one]: { n: 1 } } },
    ],
    [
      "a key that is greater",
      { field: "map.$*", onConflict: "fold", fold: "max" },
      { map: { [one]: 5, [two]: 2 } },
      [{ $set: { [`map.${two}`]: 9 } }],
      { map: { [one]: 5, [two]: 9 } },
    ],
    [
      "a key of a duplicate that had none",
      { field: "map.$*", ...kept },
      { map: { [two]: 2 } },
      [{ $set: { [`map.${three}`]: 9 } }],
      { map: { [two]: 2, [three]: 9 } },
    ],
    [
      "a key beside one that had moved, where the survivor's stays",
      { field: "map.$*", ...kept },
      { map: { [two]: 2, other: 3 } },
      [{ $set: { [`map.${two}`]: 9 } }],
      { map: { [one]: 2, [two]: 9, other: 3 } },
    ],
    [
      "a key beside one that had moved and was written there",
      { field: "map.$*", ...kept },
      { map: { [two]: 2 } },
      [{ $set: { [`map.${one}`]: 7 } }, { $set: { [`map.${two}`]: 9 } }],
      { map: { [one]: 7, [two]: 9 } },
    ],
    [
      "an id in an array, of a duplicate that had none there",
      { field: "rooms" },
      { rooms: [id(2), id(9)] },
      [{ $push: { rooms: id(3) } }],
      { rooms: [id(2), id(9), id(3)] },
    ],
    [
      "an id in an array, as the text that it was",
      { field: "rooms" },
      { rooms: [two, "other"] },
      [{ $push: { rooms: three } }],
      { rooms: [two, "other", three] },
    ],
  ])(
    "goes back to the chat that it was written to: %s",
    async (_name, reference, person, writes, expected) => {
      await using field = await holding(reference, person);
      expect(await field.up()).toMatchObject({ exit: 0 });
      for (const write of writes) {
        await field.change("people", "a", write);
        expect(await field.up()).toMatchObject({ exit: 0 });
      }
      expect(await field.verify()).toMatchObject({ exit: 0 });
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await field.one("people", "a")).toEqual({ _id: "a", ...expected });
      expect(await field.db.collection("chat_originals").countDocuments()).toBe(0);
    },
  );

  const pairs = { list: [element(1, 1), element(2, 2)] };

  it("is counted once, wherever a run dies", async () => {
    for (let dieAfter = 0; ; dieAfter += 1) {
      await using field = await holding({ field: "list.chat", ...summed }, pairs);
      await field.up();
      await field.change("people", "a", { $push: { list: element(2, 4) } });
      const dying = dyingDatabase(field.db, dieAfter, () => {
        throw new ProcessDied();
      });
      const died = await migrateUp(
        migrationContext(dying.db, { model: field.migration.model, graceMs: 0 }),
      ).then(
        () => false,
        (error: unknown) => error instanceof ProcessDied,
      );
      await expireLease(field.db);
      await field.up();
      await field.rollback({ to: "none" });
      const { list } = await field.one("people", "a");
      expect([dieAfter, list]).toEqual([dieAfter, [element(1, 1), element(2, 6)]]);
      if (!died) return;
    }
  });

  it("is counted once, while the application writes beside it", async () => {
    await using field = await holding({ field: "list.chat", ...summed }, pairs);
    let writes = 0;
    const busy = interruptedDatabase(field.db, async (command) => {
      if (command["update"] !== "people" || writes >= 3) return;
      writes += 1;
      await field.db.collection("people").updateOne({ "list.chat": id(2) }, { $inc: { "list.$.n": 4 } });
    });
    await migrateUp(migrationContext(busy, { model: field.migration.model, graceMs: 0 }));
    await field.up();
    expect(writes).toBe(3);
    expect((await field.one("people", "a"))["list"]).toEqual([element(1, 15)]);
    await field.rollback({ to: "none" });
    expect((await field.one("people", "a"))["list"]).toEqual([element(1, 1), element(2, 14)]);
  });
});
