import type { Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { migrateUp, migrationContext } from "../../src/migrate/index.ts";
import { interruptedDatabase } from "../migrate/interrupted-database.ts";
import { element, holding, pairs, type Reference, summed } from "./entries-made-anew.ts";
import { id } from "./field-database.ts";

const [one, two, three] = [1, 2, 3].map((number) => String(id(number))) as [string, string, string];
const kept = { onConflict: "keep-survivor" } as const;

describe("what the old version makes anew inside a document", () => {
  it.each<readonly [string, Reference, Document, readonly Document[], Document]>([
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
