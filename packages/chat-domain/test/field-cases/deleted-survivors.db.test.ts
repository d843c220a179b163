import { describe, expect, it } from "vitest";
import type { ChatModelInput } from "../../src/index.ts";
import { fieldDatabase, id } from "./field-database.ts";

const cases: readonly (readonly [string, ChatModelInput["references"]])[] = [
  ["its id", [{ collection: "messages", field: "room" }]],
  ["a field of it", [{ collection: "messages", field: "room", toField: "no" }]],
];

describe("a survivor that the application has deleted, and with it the last chat that anything refers to", () => {
  it.each(cases)("stands in nobody's way, and leaves a way out: by %s", async (_how, references) => {
    const isId = references?.[0]?.toField === undefined;
    await using field = await fieldDatabase({
      model: { chats: { participants: "users", scope: null }, references },
      data: {
        chats: [1, 2].map((no) => ({ _id: id(no), users: ["a", "b"], no: `r-${no}` })),
        messages: [1, 2].map((no) => ({ _id: no, room: isId ? id(no) : `r-${no}` })),
      },
      indexes: [{ collection: "chats", key: { no: 1 } }],
    });
    expect(await field.up()).toMatchObject({ exit: 0 });
    await field.db.collection("chats").deleteOne({ _id: id(1) });
    const { exit, warnings } = await field.plan();
    expect(exit).toBe(0);
    expect(warnings).toContain("rollback --chat");
    await field.insert("chats", { _id: id(3), users: ["c", "d"], no: "r-3" });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.one("chats", id(3))).toMatchObject({ participantsKey: expect.any(String) });
    expect(await field.verify()).toMatchObject({ exit: 5, chats: expect.arrayContaining([String(id(2))]) });
    expect(await field.rollback({ chat: String(id(2)) })).toMatchObject({ exit: 0 });
    const back = await field.one("chats", id(2));
    expect([back["mergedInto"], back["releasedAt"]]).toEqual([undefined, expect.any(Date)]);
    expect(await field.one("messages", 2)).toMatchObject({ room: isId ? id(2) : "r-2" });
    expect(await field.verify({ allowDeleted: true })).toMatchObject({ exit: 0 });
  });
});

describe("a reference that the application has taken out of its document", () => {
  it.each([
    ["rooms", { rooms: [id(2), id(9)] }, { $pull: { rooms: id(1) } }],
    ["list.room", { list: [{ room: id(2) }, { room: id(9) }] }, { $pull: { list: { room: id(1) } } }],
    ["map.$*", { map: { [String(id(2))]: 1 } }, { $unset: { [`map.${String(id(1))}`]: "" } }],
  ])("is no loss where deletions are allowed: of %s", async (field, held, taken) => {
    await using database = await fieldDatabase({
      model: {
        chats: { participants: "users", scope: null },
        references: [{ collection: "people", field }],
      },
      data: {
        chats: [1, 2].map((no) => ({ _id: id(no), users: ["a", "b"] })),
        people: [{ _id: "a", ...held }],
      },
    });
    expect(await database.up()).toMatchObject({ exit: 0 });
    await database.change("people", "a", taken);
    expect(await database.verify()).toMatchObject({ exit: 5, findings: [{ code: "REFERENCE_LOST" }] });
    expect(await database.verify({ allowDeleted: true })).toMatchObject({ exit: 0 });
  });
});
