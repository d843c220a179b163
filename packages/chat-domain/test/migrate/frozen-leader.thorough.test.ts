import { databaseName, testMongo } from "@onechat/mongo/testing";
import { seedOf } from "@onechat/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { migrateUp, migrationContext, type MigrationContext, rollBack } from "../../src/migrate/index.ts";
import { databaseImage, wholeImage } from "./database-image.ts";
import { findingsOf } from "./findings-of.ts";
import { fillWithLegacyChats, legacyModel, messagesPerChat, oneOf, seededRandom } from "./legacy-chats.ts";
import { type RunnerCommand, runnerProcess, type RunnerProcess, type StopAt } from "./runner-process.ts";

const chats = 24;
/** Leaders at once, in processes of their own, each at another place of its work. */
const leaders = 4;
/** Its end is what the others wait for. */
const leaseMs = 3_000;
const application = ["chats", "messages", "members"];

interface LegacyDatabase {
  readonly db: Db;
  readonly sets: number;
  readonly original: unknown;
}

describe("a leader that is frozen in the middle of its work for longer than its lease lasts", () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];
  const random = seededRandom(seedOf(process.env));
  let processes: readonly RunnerProcess[] = [];
  /** What was there when a leader was woken up, which it must never change, neither soon nor later. */
  const left: { readonly db: Db; readonly image: unknown }[] = [];

  const commandFor = (db: Db, batch: number): RunnerCommand => ({
    database: db.databaseName,
    command: "up",
    onLocked: "fail",
    options: { leaseMs, graceMs: 20, batch: { start: batch, min: 5, max: batch } },
  });

  /**
   * Places all over a run, but for its first and last few commands: the first build the indexes of its records, which no
   * lease holds back once they are sent, and which change no document.
   */
  async function placesIn(batch: number): Promise<readonly StopAt[]> {
    const { db } = await legacyDatabase();
    const run = processes[0]?.begin(commandFor(db, batch));
    const { end, commands } = (await run?.ended) ?? { end: "there is no process", commands: 0 };
    expect(end).toBe("done");
    return processes.map((_, nth) => ({
      command: Math.ceil(commands * (0.15 + (0.8 * (nth + random())) / leaders)),
      moment: oneOf(["before", "sent", "answered"], random),
      signal: "SIGSTOP",
    }));
  }

  function contextOf(db: Db, onFence?: (fence: number) => void): MigrationContext {
    return migrationContext(db, {
      model: legacyModel,
      leaseMs,
      graceMs: 20,
      batch: { start: 20, min: 5, max: 50 },
      onEvent: (event) => {
        if (event.event === "lock.acquired") onFence?.(event.fence);
      },
    });
  }

  async function legacyDatabase(): Promise<LegacyDatabase> {
    const db = client.db(databaseName("frozen"));
    databases.push(db);
    const { sets } = await fillWithLegacyChats(db, chats, 3);
    return { db, sets: sets.size, original: await databaseImage(db, application) };
  }

  beforeAll(async () => {
    processes = await Promise.all(Array.from({ length: leaders }, () => runnerProcess(testMongo().uri)));
  });
  afterEach(async () => {
    for (const { db, image } of left) expect(await wholeImage(db)).toEqual(image);
  });
  afterAll(async () => {
    await Promise.all(processes.map((leader) => leader[Symbol.asyncDispose]()));
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  interface Takeover {
    readonly batch: number;
    readonly other: (ctx: MigrationContext) => Promise<unknown>;
    readonly expectation: (db: Db, before: LegacyDatabase) => Promise<void>;
  }

  /** Freezes every leader, lets another one do its work for each of them, and wakes them up. */
  async function takeOver({ batch, other, expectation }: Takeover): Promise<void> {
    const places = await placesIn(batch);
    const phases = await Promise.all(
      processes.map(async (leader, nth) => {
        const legacy = await legacyDatabase();
        const { db } = legacy;
        const run = leader.begin({ ...commandFor(db, batch), stopAt: places[nth] });
        await run.stopped();
        const fences: number[] = [];
        await other(contextOf(db, (fence) => fences.push(fence)));
        const image = await wholeImage(db);
        left.push({ db, image });
        leader.resume();
        expect(await run.ended).toMatchObject({ end: "LEASE_LOST" });
        expect(await wholeImage(db)).toEqual(image);
        expect(fences).toEqual([2]);
        await expectation(db, legacy);
        return run.phase();
      }),
    );
    process.stdout.write(`frozen in ${phases.join(", ")}\n`);
  }

  it("writes nothing more once another runner has finished its work", async () => {
    await takeOver({
      batch: 5,
      other: (ctx) => migrateUp(ctx, { onLocked: "wait" }),
      expectation: async (db, { sets }) => {
        expect(await findingsOf(contextOf(db))).toEqual([]);
        const keyed = { participantsKey: { $exists: true } };
        expect(await db.collection("chats").countDocuments(keyed)).toBe(sets);
        expect(await db.collection("messages").countDocuments()).toBe(chats * messagesPerChat);
      },
    });
  });

  it("writes nothing more once another runner has undone its work, down to the last byte", async () => {
    await takeOver({
      // All duplicates of the same people at once: a fold that ends between two of them is not told from a change.
      batch: chats,
      other: (ctx) => rollBack(ctx, { to: "none", onLocked: "wait" }),
      expectation: async (db, { original }) => {
        expect(await databaseImage(db, application)).toEqual(original);
      },
    });
  });
});
