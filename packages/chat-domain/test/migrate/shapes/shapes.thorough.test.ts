import { legacyApplications } from "@onechat/legacy-data";
import { describe, expect, it } from "vitest";
import {
  migrateUp,
  type MigrationContext,
  migrationContext,
  parkedChats,
} from "../../../src/migrate/index.ts";
import { repeatedly } from "../ledger.ts";
import { seededRandom } from "../legacy-chats.ts";
import type { Player } from "./player.ts";
import { type ShapeDatabase, shapeDatabase } from "./shape-database.ts";
import { modelOf } from "./versions.ts";

describe.each(legacyApplications)("an application of $name, old and new version at work", (application) => {
  const random = seededRandom(17);
  const playing = (player: Player) => repeatedly(1, () => player.act(random));

  /** Ends settling once it has swept for a while: as long as late writes come it finds no end. */
  async function upFor({ field }: ShapeDatabase, sweeps: number): Promise<void> {
    const enough = new AbortController();
    let swept = 0;
    const onEvent: MigrationContext["emit"] = (event) => {
      if (event.event === "progress" && event.phase === "settle") swept += 1;
      if (swept === sweeps) enough.abort();
    };
    const options = {
      model: modelOf(application),
      graceMs: 50,
      batch: { start: 5, min: 2, max: 20 },
      onEvent,
    };
    await migrateUp(migrationContext(field.db, options), { signal: enough.signal });
  }

  async function upToItsEnd({ field }: ShapeDatabase): Promise<void> {
    for (let runs = 0; runs < 5; runs += 1) {
      const { exit, text } = await field.up();
      const parked = await parkedChats(field.migration, { limit: 10 });
      expect([exit, parked]).toEqual([0, []]);
      if (text === "nothing-to-do") return;
    }
    throw new Error("up comes to no end");
  }

  it("keeps every promise through up, rollback, up, purge and rollback", async () => {
    await using shape = await shapeDatabase(application, { talks: 14, raced: 10, collMod: false });
    const { field, old, renewed } = shape;
    const running = [playing(old)];
    const stop = async (): Promise<void> =>
      void (await Promise.all(running.splice(0).map((one) => one.stop())));
    await field.up({ to: "index" });
    running.push(playing(renewed));
    await upFor(shape, 4);
    await field.rollback({ to: "backfill" });
    await upFor(shape, 4);
    await stop();
    await upToItsEnd(shape);
    expect(await shape.mergedFlaws()).toEqual([]);
    expect(await field.verify({ allowDeleted: true })).toMatchObject({ findings: [] });

    running.push(playing(old), playing(renewed));
    await field.rollback({ to: "none" });
    await stop();
    expect(await shape.partedFlaws()).toEqual([]);

    await field.up({ to: "index" });
    running.push(playing(old), playing(renewed));
    await upFor(shape, 4);
    await stop();
    await upToItsEnd(shape);
    running.push(playing(renewed));
    expect(await field.purge()).toMatchObject({ exit: 0 });
    await stop();
    expect(await shape.mergedFlaws()).toEqual([]);
    expect(await field.verify({ allowDeleted: true })).toMatchObject({ exit: 0 });
    running.push(playing(renewed));
    await field.rollback({ to: "none" });
    await stop();
    expect(await shape.partedFlaws()).toEqual([]);

    const before = await shape.image();
    await upToItsEnd(shape);
    await field.purge();
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await shape.image()).toEqual(before);
    process.stdout.write(`${application.name}: ${old.writes} old writes, ${renewed.writes} new ones\n`);
  });
});
