import { sampleOf } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { migrateUp, migrationContext } from "../../src/migrate/index.ts";
import { dyingAfter } from "../migrate/dying-database.ts";
import { element, holding, pairs, summed } from "./entries-made-anew.ts";

/** Every fourth write is tried, other ones in every run; `SAMPLE=1/1` tries each. */
const { stride, offset, name: tried } = sampleOf(4, process.env);

describe("what the old version makes anew inside a document", () => {
  it(`is counted once, wherever a run dies (${tried})`, async () => {
    for (let dieAfter = offset; ; dieAfter += stride) {
      await using field = await holding({ field: "list.chat", ...summed }, pairs);
      await field.up();
      await field.change("people", "a", { $push: { list: element(2, 4) } });
      const { died } = await dyingAfter(field.db, dieAfter, (db) =>
        migrateUp(migrationContext(db, { model: field.migration.model, graceMs: 0 })),
      );
      await field.up();
      await field.rollback({ to: "none" });
      const { list } = await field.one("people", "a");
      expect([dieAfter, list]).toEqual([dieAfter, [element(1, 1), element(2, 6)]]);
      if (!died) return;
    }
  });
});
