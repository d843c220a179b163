import { sampleOf } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { migrationContext, rollBack } from "../../src/migrate/index.ts";
import { dyingAfter } from "../migrate/dying-database.ts";
import { mergedDatabase, model, row, unreadRows } from "./rows-made-anew.ts";

describe("rows that the old version has made anew", () => {
  it("are counted once, wherever a rollback dies and is done again", async () => {
    const { offset, stride } = sampleOf(4, process.env);
    for (let dieAfter = offset; ; dieAfter += stride) {
      await using field = await mergedDatabase();
      await field.insert("members", row(26, 2, 32));
      const { died } = await dyingAfter(field.db, dieAfter, (db) =>
        rollBack(migrationContext(db, { model, graceMs: 0 }), { to: "none" }),
      );
      expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
      expect([dieAfter, await unreadRows(field)]).toEqual([
        dieAfter,
        [
          [1, "a", 1, "_id"],
          [2, "b", 24, "_id"],
          [2, "a", 38, "_id"],
        ],
      ]);
      if (!died) return;
    }
  });
});
