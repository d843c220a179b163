import { describe, expect, it } from "vitest";
import { fieldDatabase, id } from "./field-database.ts";
import { rolledBackUnder } from "./refused-rollback.ts";
import { withCollMod } from "./with-coll-mod.ts";

describe("a rollback that a validator refuses", () => {
  it.each<readonly [string, object]>([
    ["chats", { participantsKey: { $type: "string" } }],
    ["chats", { $or: [{ participantsKey: { $exists: true } }, { mergedInto: { $exists: true } }] }],
    ["chats", { $or: [{ n: { $gt: 1 } }, { mergedInto: { $exists: true } }] }],
    ["members", { user: { $ne: "w" } }],
    ["people", { rooms: { $nin: [id(2)] } }],
    ["lists", { "chats.name": { $exists: true } }],
  ])("says whose, forgets nothing, and goes on once it lets pass: %s", async (collection, validator) => {
    const { exits, text, isSame } = await rolledBackUnder(collection, validator);
    expect([exits, isSame]).toEqual([[1, 1, 0], true]);
    expect(text).toMatch(/cannot be written.*: the collection's validator refuses/);
    expect(text).toContain(`document of ${collection}`);
  });

  it("also where no chat had duplicates", async () => {
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null } },
      data: { chats: [{ _id: id(1), users: ["a"] }] },
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    const validator = { participantsKey: { $type: "string" } };
    await withCollMod(field.db).command({ collMod: "chats", validator });
    expect(await field.rollback({ to: "index" })).toMatchObject({ exit: 1 });
    await withCollMod(field.db).command({ collMod: "chats", validator: {} });
    expect(await field.rollback({ to: "index" })).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(1))).toEqual({ _id: id(1), users: ["a"] });
  });
});
