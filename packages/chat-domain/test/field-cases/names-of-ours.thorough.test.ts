import type { CreateCollectionOptions, Document } from "mongodb";
import { describe, expect, it } from "vitest";
import { type ChatModelInput, resolveChatId } from "../../src/index.ts";
import { migrationContext, setControl } from "../../src/migrate/index.ts";
import { fieldDatabase, id } from "./field-database.ts";
import { expectMergedAndBack, expectRefused, model, tripled } from "./tripled-chats.ts";

/** Collections and fields of the application that bear names of ours: told of, and `recordsPrefix` is the way out. */

describe("names of ours that the application has for itself", () => {
  const theirArchive: readonly Document[] = [
    { _id: id(500), title: "an old conversation" },
    { _id: id(501), title: "another" },
  ];
  const uniqueTitle = { collection: "chats_archive", key: { title: 1 }, options: { unique: true } } as const;

  it("as a collection are a problem, and recordsPrefix is the way out", async () => {
    const data = { ...tripled(), chats_archive: theirArchive };
    await using field = await fieldDatabase({ model, data, indexes: [uniqueTitle] });
    await expectRefused(field, "chats_archive", "recordsPrefix");
    await using prefixed = await fieldDatabase({
      model: { ...model, recordsPrefix: "oc_" },
      data,
      indexes: [uniqueTitle],
    });
    await expectMergedAndBack(prefixed, "chats_archive");
    const names = (await prefixed.db.listCollections({}, { nameOnly: true }).toArray()).map(
      ({ name }) => name,
    );
    expect(names).toContain("oc_chats_archive");
    expect(names).not.toContain("chat_merge_journal");
  });

  it.each<readonly [string, CreateCollectionOptions]>([
    ["view", { viewOn: "messages", pipeline: [] }],
    ["time series", { timeseries: { timeField: "at" } }],
    ["capped collection", { capped: true, size: 4_096 }],
    ["collection with a validator", { validator: { title: { $exists: true } } }],
    ["collection with a collation", { collation: { locale: "en", strength: 2 } }],
  ])("as a %s are a problem, also while that is empty", async (kind, options) => {
    for (const name of ["chat_merge_journal", "migrator_locks"]) {
      await using field = await fieldDatabase({
        model,
        data: tripled(),
        collections: { [name]: options },
      });
      await expectRefused(field, `the ${kind} ${name}`, "recordsPrefix");
    }
  });

  it.each<readonly [string, Document]>([
    ["aliases", { aliases: ["the gang"] }],
    ["mergedInto", { mergedInto: "an old ticket" }],
    ["mergedAt", { mergedAt: "never" }],
    ["releasedAt", { releasedAt: "2020-01-01" }],
    ["foldedFrom", { foldedFrom: 7 }],
    ["mergedInto", { mergedInto: [null] }],
    ["releasedAt", { releasedAt: [null] }],
    ["releasedAt", { releasedAt: [] }],
    ["unkeyedAt", { unkeyedAt: [new Date(0)] }],
    ["aliases", { aliases: [null] }],
    ["foldedFrom", { foldedFrom: [null] }],
  ])("as a field are told of, and recordsPrefix is the way out: %s", async (name, fields) => {
    await using field = await fieldDatabase({ model, data: tripled(fields) });
    const plan = await field.plan();
    expect(plan.text).toContain(name);
    expect(plan.text).toContain("recordsPrefix");
    expect(plan.exit).toBe(3);
    await using prefixed = await fieldDatabase({
      model: { ...model, recordsPrefix: "oc_" },
      data: tripled(fields),
    });
    expect(await prefixed.plan()).toMatchObject({ problems: "" });
    expect(await prefixed.up()).toMatchObject({ exit: 0 });
    expect(await prefixed.one("chats", id(2))).toMatchObject({ ...fields, oc_mergedInto: id(1) });
    expect(await resolveChatId(prefixed.app(), String(id(2)))).toBe(String(id(1)));
    expect(await prefixed.verify()).toMatchObject({ exit: 0 });
  });

  it("as a field without a value are told of; where the server could not add to it, as a problem", async () => {
    const empty = { mergedInto: null, mergedAt: null, unkeyedAt: null, aliases: [] };
    await using field = await fieldDatabase({ model, data: tripled(empty) });
    const { exit, warnings } = await field.plan();
    expect(exit).toBe(0);
    for (const name of Object.keys(empty)) expect(warnings).toContain(`the field ${name} of`);
    expect(warnings).not.toContain("releasedAt");
    expect(await field.up()).toMatchObject({ exit: 0 });
    await using nothing = await fieldDatabase({ model, data: tripled({ aliases: null }) });
    await expectRefused(nothing, "aliases", "recordsPrefix");
  });

  it("as a field of rows that fold are told of, and recordsPrefix is the way out", async () => {
    const rows = { collection: "rows", field: "chat", onConflict: "fold", fold: { n: "sum" } } as const;
    const data = {
      ...tripled(),
      rows: [1, 2].map((number) => ({
        _id: id(number),
        chat: id(number),
        user: 1,
        n: 1,
        foldedFrom: "a list",
      })),
    };
    const unique = { collection: "rows", key: { chat: 1, user: 1 }, options: { unique: true } } as const;
    const references = [...(model.references ?? []), rows];
    await using field = await fieldDatabase({ model: { ...model, references }, data, indexes: [unique] });
    await expectRefused(field, "foldedFrom", ".rows", "recordsPrefix");
    await using prefixed = await fieldDatabase({
      model: { ...model, references, recordsPrefix: "oc_" },
      data,
      indexes: [unique],
    });
    await expectMergedAndBack(prefixed, "rows");
  });

  it("of a second collection of chats in one database are told apart by recordsPrefix", async () => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({ model, data: { chats, messages, tickets: chats } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const tickets: ChatModelInput = {
      ...model,
      chats: { ...model.chats, collection: "tickets" },
      references: [],
    };
    const second = field.beside(tickets);
    expect(await second.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringContaining("recordsPrefix"),
    });
    expect(await second.up()).toMatchObject({ exit: 3 });
    const records = ["chats", "messages", "chat_merge_journal", "migrator_locks", "migrator_runs"];
    const before = await field.image(...records);
    expect(await second.rollback({ to: "none" })).toMatchObject({ exit: 3 });
    const forgetful = migrationContext(field.db, { model: tickets });
    await expect(setControl(forgetful, { action: "pause", reason: "", by: "ops" })).rejects.toMatchObject({
      code: "PREFLIGHT_REFUSED",
      problems: [expect.stringContaining("recordsPrefix")],
    });
    expect(await field.image(...records)).toEqual(before);
    const prefixed = field.beside({ ...tickets, recordsPrefix: "tickets_" });
    expect(await prefixed.up()).toMatchObject({ exit: 0 });
    expect(await prefixed.verify()).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await prefixed.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.verify()).toMatchObject({ exit: 0 });
  });

  it("may not change between runs: merged duplicates would be chats again", async () => {
    const { chats = [], messages = [] } = tripled();
    await using field = await fieldDatabase({ model, data: { chats, messages } });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const renamed = field.beside({ ...model, recordsPrefix: "oc_" });
    expect(await renamed.plan()).toMatchObject({
      exit: 3,
      problems: expect.stringContaining("recordsPrefix"),
    });
    expect(await renamed.up()).toMatchObject({ exit: 3 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await renamed.up()).toMatchObject({ exit: 0 });
    expect(await renamed.verify()).toMatchObject({ exit: 0 });
    expect(await field.up()).toMatchObject({ exit: 3 });
  });
});
