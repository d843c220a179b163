import { type Document, Int32 } from "mongodb";
import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { migrateUp, migrationContext, rollBack } from "../../src/migrate/index.ts";
import { dyingAfter } from "../migrate/dying-database.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";
import { tripled } from "./tripled-chats.ts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));

describe("rows that fold", () => {
  const model: ChatModelInput = {
    chats: { participants: "users", scope: null },
    references: [
      {
        collection: "members",
        field: "chat",
        onConflict: "fold",
        fold: {
          unread: "sum",
          lastRead: "max",
          muted: "every",
          drafts: { concat: {} },
          by: { eachKey: "sum" },
        },
      },
    ],
  };
  const row = (number: number, chatNumber: number, more: Document): Document => ({
    _id: id(number),
    chat: id(chatNumber),
    user: "a",
    ...more,
  });

  it("give what they have to the survivor's row, and so do those that the old version makes anew", async () => {
    await using field = await fieldDatabase({
      model,
      data: {
        chats: [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"] })),
        members: [
          row(21, 1, { unread: 1, lastRead: at(1), muted: true, drafts: [{ t: 1 }], by: { x: 1 } }),
          row(22, 2, { unread: 2, lastRead: at(2), drafts: [{ t: 1 }], by: { x: 2, y: 1 } }),
        ],
      },
      indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
    });
    const before = await field.image("chats", "members");
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("members", id(21))).toMatchObject({
      unread: 3,
      lastRead: at(2),
      muted: false,
      drafts: [{ t: 1 }, { t: 1 }],
      by: { x: 3, y: 1 },
    });
    await field.insert("members", row(23, 2, { unread: 4 }));
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("members", id(21))).toMatchObject({ unread: 7, lastRead: at(2) });
    expect(await field.all("members")).toHaveLength(1);
    await field.db.collection("chat_rows_archive").deleteMany({ "_id.id": id(23) });
    await field.change("members", id(21), { $pull: { foldedFrom: { from: id(23) } }, $inc: { unread: -4 } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "members")).toEqual(before);
  });
});

describe("a row that stands for a duplicate's", () => {
  const model: ChatModelInput = {
    chats: { participants: "users", scope: null },
    references: [
      {
        collection: "members",
        field: "chat",
        onConflict: "fold",
        fold: { drafts: { union: { by: "_id" } } },
      },
    ],
  };
  const rows = () =>
    fieldDatabase({
      model,
      data: {
        chats: [1, 2].map((number) => ({ _id: id(number), users: ["a", "b"] })),
        members: [1, 2].map((number) => ({
          _id: id(20 + number),
          chat: id(number),
          user: "a",
          drafts: [1, 2].map((draft) => ({ _id: number * 10 + draft, text: "as it was" })),
        })),
      },
      indexes: [{ collection: "members", key: { chat: 1, user: 1 }, options: { unique: true } }],
    });

  it("gives back what was edited and deleted of the duplicate's elements", async () => {
    await using field = await rows();
    await field.up();
    await field.db
      .collection("members")
      .updateOne(
        { _id: id(21) },
        { $set: { "drafts.$[one].text": "edited" } },
        { arrayFilters: [{ "one._id": { $in: [11, 21] } }] },
      );
    await field.change("members", id(21), { $pull: { drafts: { _id: 22 } } });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect((await field.all("members")).map(({ drafts }) => drafts as unknown)).toEqual([
      [
        { _id: 11, text: "edited" },
        { _id: 12, text: "as it was" },
      ],
      [{ _id: 21, text: "edited" }],
    ]);
  });

  it("is told of where somebody has replaced it as a whole", async () => {
    await using field = await rows();
    await field.up();
    await field.change("members", id(21), { chat: id(1), user: "a", drafts: [] });
    const { exit, findings } = await field.verify();
    expect([exit, findings]).toEqual([
      5,
      [
        expect.objectContaining({
          code: "CONTRIBUTION_LOST",
          chat: id(2),
          reference: { collection: "members", id: id(21) },
        }),
      ],
    ]);
  });
});

describe("a merge that dies between two duplicates of one chat", () => {
  it("is rolled back to the byte from wherever it has died", async () => {
    const model: ChatModelInput = {
      chats: { participants: "users", scope: null },
      references: [{ collection: "messages", field: "chat" }],
      fold: { updatedAt: "max", tags: "union", hits: "sum" },
    };
    const data = tripled({ hits: new Int32(2) });
    await using sample = await fieldDatabase({ model, data });
    const images = async (field: FieldDatabase) => field.image("chats", "messages");
    const original = await images(sample);
    const context = (db: FieldDatabase["db"]) =>
      migrationContext(db, { model, graceMs: 0, batch: { start: 1, min: 1, max: 1 } });
    const up = (db: FieldDatabase["db"]): Promise<unknown> => migrateUp(context(db), {});
    const { writes } = await dyingAfter(sample.db, Infinity, up);
    for (let dieAfter = 14; dieAfter < writes; dieAfter += 7) {
      await using field = await fieldDatabase({ model, data });
      expect(await dyingAfter(field.db, dieAfter, up)).toMatchObject({ died: true });
      await rollBack(context(field.db), { to: "none" });
      expect([dieAfter, await images(field)]).toEqual([dieAfter, original]);
    }
  });
});
