import { describe, expect, it } from "vitest";
import { mergedDatabase, row, unreadRows } from "./rows-made-anew.ts";

describe("rows that the old version has made anew", () => {
  it("come back in the row in whose place they would stand, to the unit", async () => {
    await using field = await mergedDatabase();
    expect(await unreadRows(field)).toEqual([
      [1, "a", 7, "_id,foldedFrom"],
      [1, "b", 24, "_id,foldedFrom"],
    ]);
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await unreadRows(field)).toEqual([
      [1, "a", 1, "_id"],
      [2, "a", 6, "_id"],
      [2, "b", 24, "_id"],
    ]);
  });

  it("and have not been taken along get what the others had", async () => {
    await using field = await mergedDatabase();
    await field.insert("members", row(26, 2, 32));
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await unreadRows(field)).toEqual([
      [1, "a", 1, "_id"],
      [2, "b", 24, "_id"],
      [2, "a", 38, "_id"],
    ]);
    expect(await field.up()).toMatchObject({ exit: 0 });
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await unreadRows(field)).toHaveLength(3);
  });
});
