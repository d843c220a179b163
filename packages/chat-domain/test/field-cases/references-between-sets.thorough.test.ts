import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { migrateUp, migrationContext, rollBack } from "../../src/migrate/index.ts";
import { fieldDatabase, id } from "./field-database.ts";
import { chats } from "./referred-chats.ts";

describe("references of chats of several sets to each other, in fields that fold", () => {
  type Shape = readonly [
    name: string,
    field: string,
    policy: object,
    fold: ChatModelInput["fold"],
    held: object,
  ];

  /** Of one set the chats 1 and 2, of another 6, 7 and 8; 5 and 9 are alone. */
  const shapes: readonly Shape[] = [
    ["a set", "links", {}, { links: "union" }, { 1: [7, 6, 2], 2: [8, 1], 6: [2, 1], 7: [2], 8: [6, 8] }],
    [
      "a value that the newest brings",
      "last.c",
      {},
      { last: { newestBy: "last.t" } },
      newest({ 1: 8, 2: 2, 7: 2, 8: 1 }),
    ],
    [
      "a list that the newest brings",
      "last.c",
      {},
      { last: { newestBy: "last.t" } },
      newest({ 1: [7, 2], 2: [8, 1, 2], 6: [1, 2], 7: [2] }),
    ],
    [
      "documents with ids of their own",
      "l.c",
      {},
      { l: { union: { by: "_id" } } },
      listed({ 1: [7, 2], 2: [8, 1], 6: [1], 7: [2], 8: [1] }),
    ],
    [
      "all documents",
      "l.c",
      {},
      { l: { concat: {} } },
      listed({ 1: [7, 2], 2: [8, 1], 6: [1], 7: [2], 8: [8] }),
    ],
    [
      "documents that are told apart by what they refer to, and fold",
      "l.c",
      { onConflict: "fold", fold: { n: "sum" } },
      { l: { union: { by: "c", fold: { n: "sum" } } } },
      listed({ 1: [7, 2, 9], 2: [8, 9], 6: [1], 7: [2], 8: [8, 7] }),
    ],
    [
      "documents that are told apart by what they refer to, and one stays",
      "l.c",
      { onConflict: "keep-survivor" },
      { l: { union: { by: "c" } } },
      listed({ 1: [7, 2, 9], 2: [8, 9], 6: [1], 7: [2], 8: [8, 7] }),
    ],
  ];

  function newest(held: Readonly<Record<number, unknown>>): object {
    return Object.fromEntries(Object.entries(held).map(([at, c]) => [at, { c, t: Number(at) % 5 }]));
  }

  function listed(held: Readonly<Record<number, readonly number[]>>): object {
    const elements = Object.entries(held).map(([at, all]) => [
      at,
      all.map((c, place) => ({ _id: `${at} ${place}`, c, n: 2 ** (Number(at) + place) })),
    ]);
    return Object.fromEntries(elements);
  }

  /** With ids of chats in the place of their numbers. */
  function withIds(held: unknown): unknown {
    if (typeof held === "number") return id(held);
    if (Array.isArray(held)) return held.map(withIds);
    const fields = Object.entries(held ?? {});
    return Object.fromEntries(fields.map(([name, value]) => [name, name === "c" ? withIds(value) : value]));
  }

  const database = ([, field, policy, fold, held]: Shape) => {
    const root = field.split(".", 1)[0] ?? "";
    const of = (number: number): object => {
      const value = Reflect.get(held, number);
      return value === undefined ? {} : { [root]: withIds(value) };
    };
    const both = { ab: [1, 2], z: [6, 7, 8], five: [5], nine: [9] };
    const data = Object.entries(both).flatMap(([user, numbers]) =>
      numbers.map((number) => ({ _id: id(number), users: [user], ...of(number) })),
    );
    const references = [{ collection: "chats", field, ...policy }];
    return fieldDatabase({ model: { chats, references, fold }, data: { chats: data } });
  };

  it.each(shapes)("come back to the byte: %s", async (...shape) => {
    await using field = await database(shape);
    const before = await field.image("chats");
    for (const then of [() => field.verify(), () => field.purge()]) {
      expect(await field.plan()).toMatchObject({ exit: 0 });
      expect(await field.up()).toMatchObject({ exit: 0 });
      expect(await then()).toMatchObject({ exit: 0 });
      expect(await field.verify()).toMatchObject({ exit: 0 });
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect(await field.image("chats")).toEqual(before);
    }
  });

  it.each(shapes)("come back to the byte, merged and undone one after the other: %s", async (...shape) => {
    await using field = await database(shape);
    const before = await field.image("chats");
    const options = { graceMs: 0, batch: { start: 1, min: 1, max: 1 } };
    const migration = migrationContext(field.db, { model: field.migration.model, ...options });
    for (const alone of [2, 7]) {
      await migrateUp(migration, { createReferenceIndexes: true });
      expect(await field.verify()).toMatchObject({ findings: [] });
      await rollBack(migration, { chat: String(id(alone)) });
      await migrateUp(migration);
      expect(await field.verify()).toMatchObject({ findings: [] });
      await rollBack(migration, { to: "none" });
      expect(await field.image("chats")).toEqual(before);
    }
  });
});
