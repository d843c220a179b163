import { legacyApplications } from "@onechat/legacy-data";
import { seedOf } from "@onechat/testing";
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
  const random = seededRandom(seedOf(process.env));
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
    await using shape = await shapeDatabase(application, { talks: 10, raced: 7, collMod: false });
    const { field, talks } = shape;
    const players = { old: two(() => shape.player("old")), new: two(() => shape.player("new")) };
    const all = [...players.old, ...players.new];
    for (const [index, message] of [...talks.said.keys()].entries())
      all[index % all.length]?.adopt([message]);
    const running: { stop(): Promise<void> }[] = [];
    const play = (...versions: ("old" | "new")[]): void =>
      void running.push(...versions.flatMap((version) => players[version].map(playing)));
    const stop = async (): Promise<void> =>
      void (await Promise.all(running.splice(0).map((one) => one.stop())));

    play("old");
    await field.up({ to: "index" });
    play("new");
    await upFor(shape, 4);
    await field.rollback({ to: "backfill" });
    await upFor(shape, 4);
    await stop();
    await upToItsEnd(shape);
    expect(await shape.mergedFlaws()).toEqual([]);
    expect(await field.verify({ allowDeleted: true })).toMatchObject({ findings: [] });

    play("old", "new");
    await field.rollback({ to: "none" });
    await stop();
    expect(await shape.partedFlaws()).toEqual([]);

    await field.up({ to: "index" });
    play("old", "new");
    await upFor(shape, 4);
    await stop();
    await upToItsEnd(shape);
    play("new");
    expect(await field.purge()).toMatchObject({ exit: 0 });
    await stop();
    expect(await shape.mergedFlaws()).toEqual([]);
    expect(await field.verify({ allowDeleted: true })).toMatchObject({ findings: [] });
    play("new");
    await field.rollback({ to: "none" });
    await stop();
    expect(await shape.partedFlaws()).toEqual([]);

    const before = await shape.image();
    await upToItsEnd(shape);
    await field.purge();
    expect(await field.rollback({ to: "none" })).toMatchObject({ exit: 0 });
    expect(await shape.image()).toEqual(before);
    process.stdout.write(
      `${application.name}: ${writesOf(players.old)} old writes, ${writesOf(players.new)} new\n`,
    );
  });
});

function two<T>(make: () => T): readonly T[] {
  return [make(), make()];
}

function writesOf(players: readonly Player[]): number {
  return players.reduce((sum, { writes }) => sum + writes, 0);
}
