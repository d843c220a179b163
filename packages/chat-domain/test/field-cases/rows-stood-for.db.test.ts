import { describe, expect, it } from "vitest";
import { type FieldDatabase, fieldDatabase, id } from "./field-database.ts";

/** Three duplicates of one chat: the row of the second stands for that of the third, which is archived. */
function mergedRows(onConflict: "keep-survivor" | "fold"): Promise<FieldDatabase> {
  const fold = onConflict === "fold" ? { fold: { unread: "sum" } as const } : {};
  return fieldDatabase({
    model: { references: [{ collection: "rows", field: "chat", onConflict, ...fold }] },
    indexes: [{ collection: "rows", key: { chat: 1, user: 1 }, options: { unique: true } }],
    data: {
      chats: [1, 2, 3].map((number) => ({ _id: id(number), participants: ["a", "b"] })),
      rows: [
        { _id: id(21), chat: id(1), user: "a", unread: 1 },
        { _id: id(22), chat: id(2), user: "b", unread: 2 },
        { _id: id(23), chat: id(3), user: "b", unread: 4 },
      ],
    },
  });
}

async function rowsOf(field: FieldDatabase): Promise<readonly unknown[]> {
  const rows = await field.all("rows");
  return rows.map(({ _id, chat, unread }) =>
    [_id, chat, unread].map((value) => Number(`0x${String(value)}`)),
  );
}

describe("a row that stands for a duplicate's, when its own chat is brought back alone", () => {
  it.each(["keep-survivor", "fold"] as const)("leaves the other to the survivor (%s)", async (onConflict) => {
    await using field = await mergedRows(onConflict);
    const before = await field.image("chats", "rows");
    await field.up();
    expect(await rowsOf(field)).toEqual([
      [21, 1, 1],
      [22, 1, onConflict === "fold" ? 6 : 2],
    ]);
    expect(await field.rollback({ chat: String(id(2)) })).toMatchObject({ exit: 0 });
    const apart = [
      [21, 1, 1],
      [22, 2, 2],
      [23, 1, 4],
    ];
    expect(await rowsOf(field)).toEqual(apart);
    expect(await field.verify()).toMatchObject({ exit: 0 });
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await rowsOf(field)).toEqual(apart);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await field.image("chats", "rows")).toEqual(before);
  });
});
