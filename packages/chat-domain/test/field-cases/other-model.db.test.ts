import { describe, expect, it } from "vitest";
import {
  assertIndexes,
  type ChatModelInput,
  createOrGetChat,
  ensureIndexes,
  participantsKey,
} from "../../src/index.ts";
import { migrationStatus } from "../../src/migrate/index.ts";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** A collection that holds groups as well, and the model that was meant. */
const meant: ChatModelInput = {
  chats: { participants: "users", scope: null, where: { isGroupChat: false, kind: { $ne: "channel" } } },
};
const withoutWhere: ChatModelInput = { chats: { participants: "users" } };
const pair = { participants: ["a", "b"] };

function application(): Promise<FieldDatabase> {
  return fieldDatabase({
    model: meant,
    data: {
      chats: [
        { _id: id(1), users: ["a", "b"], isGroupChat: true, kind: "group" },
        { _id: id(2), users: ["x", "y"], isGroupChat: false, kind: "direct" },
      ],
    },
  });
}

describe("an application whose model is not the one that was migrated", () => {
  it("is refused in words, and not handed the chat of a group, where it has forgotten `where`", async () => {
    await using field = await application();
    await field.up({ to: "index" });
    const forgetful = field.beside(withoutWhere).app();
    const refused = {
      code: "MODEL_MISMATCH",
      message: expect.stringMatching(/chats\.where \{\} .*isGroupChat/),
    };
    await expect(createOrGetChat(forgetful, pair)).rejects.toMatchObject(refused);
    const many = ["c", "d", "e"].map((other) => createOrGetChat(forgetful, { participants: ["a", other] }));
    expect(await Promise.allSettled(many)).toMatchObject(
      many.map(() => ({ status: "rejected", reason: refused })),
    );
    await expect(assertIndexes(forgetful)).rejects.toMatchObject(refused);
    await expect(ensureIndexes(field.beside(withoutWhere).app({ legacy: "none" }))).rejects.toMatchObject(
      refused,
    );
    expect(await field.all("chats")).toHaveLength(2);
    expect((await field.one("chats", id(1)))["participantsKey"]).toBeUndefined();
  });

  it("is refused where it looks for people or scope elsewhere", async () => {
    await using field = await application();
    await field.up();
    const { where } = meant.chats ?? {};
    for (const chats of [
      { participants: "members", where },
      { participants: "users", where, scope: "kind" },
    ])
      await expect(createOrGetChat(field.beside({ chats }).app(), pair)).rejects.toMatchObject({
        code: "MODEL_MISMATCH",
        message: expect.stringMatching(
          chats.scope === undefined ? /chats\.participants "members"/ : /chats\.scope kind/,
        ),
      });
  });

  it("is served where only what decides nothing is different: fields in another order, no references, no scope", async () => {
    await using field = await application();
    await field.up();
    const alike = { participants: "users", where: { kind: { $ne: "channel" }, isGroupChat: false } };
    const app = field.beside({ chats: { ...alike, drift: "release" } }).app();
    const { chat, created } = await createOrGetChat(app, { participants: ["y", "x"] });
    expect([chat.id, created]).toEqual([id(2).toHexString(), false]);
    expect((await createOrGetChat(app, pair)).created).toBe(true);
  });

  it("is served chats that have their key all the same", async () => {
    await using field = await application();
    await field.up();
    const forgetful = field.beside(withoutWhere).app();
    const { chat } = await createOrGetChat(forgetful, { participants: ["x", "y"] });
    expect(chat.participantsKey).toBe(participantsKey(["x", "y"]));
  });

  it("is served after another run of the migrator with that model, which finds work in that alone", async () => {
    await using field = await application();
    await field.up();
    const narrower = field.beside({ chats: { ...meant.chats, where: { isGroupChat: false } } });
    expect(await migrationStatus(narrower.migration)).toMatchObject({ pending: true });
    await expect(createOrGetChat(narrower.app(), pair)).rejects.toMatchObject({ code: "MODEL_MISMATCH" });
    expect(await narrower.up()).toMatchObject({ exit: 0 });
    expect(await migrationStatus(narrower.migration)).toMatchObject({ pending: false });
    expect((await createOrGetChat(narrower.app(), pair)).created).toBe(true);
  });

  it("is held to nothing any more once all of the migration was taken back", async () => {
    await using field = await application();
    await field.up();
    await field.rollback({ to: "none" });
    const other = field.beside({ chats: { ...meant.chats, where: { kind: "direct" } } }).app();
    await ensureIndexes(other);
    expect((await createOrGetChat(other, { participants: ["x", "y"] })).chat.id).toBe(id(2).toHexString());
  });
});
