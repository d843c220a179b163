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
