import { databaseName, testMongo } from "@onechat/mongo/testing";
import { type Db, MongoClient, ObjectId } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { migrateUp, type MigrationContext, migrationContext, rollBack } from "../../src/migrate/index.ts";
import { findingsOf } from "./findings-of.ts";
import { Ledger, repeatedly } from "./ledger.ts";
import { fillWithLegacyChats, legacyModel, seededRandom } from "./legacy-chats.ts";
import { NewVersionApp } from "./new-version-app.ts";
import { expectFoldedFields, expectOneChatPerSet } from "./nothing-lost.ts";
import { OldVersionApp } from "./old-version-app.ts";

const chats = 60;
const newSets = Array.from({ length: 40 }, (_, index) => 1_000 + index);

interface Fire extends AsyncDisposable {
  readonly db: Db;
  readonly ctx: MigrationContext;
  /** Aborts once late writes have been swept up for a while: as long as they come, settle finds no end. */
  readonly enough: AbortSignal;
  readonly ledger: Ledger;
  readonly app: NewVersionApp;
  /** The new version goes live. */
  rollOut(): void;
  stop(): Promise<void>;
}

describe("a migration while both versions of the application are at work", () => {
  const client = new MongoClient(testMongo().uri);
  const databases: Db[] = [];

  afterAll(async () => {
    await Promise.all(databases.map((db) => db.dropDatabase()));
    await client.close();
  });

  interface FireOptions {
    readonly seed: number;
    readonly deletes: boolean;
    readonly undone: boolean;
  }

  async function fire(options: FireOptions): Promise<Fire> {
    const db = client.db(databaseName("fire"));
    databases.push(db);
    const { sets, messages } = await fillWithLegacyChats(db, chats, options.seed);
    const ledger = new Ledger(sets, messages);
    const random = seededRandom(options.seed + 1);
    const parts = { ...options, db, ledger, random, newSets, actsPerChat: 40 };
    const app = new NewVersionApp(parts);
    const old = new OldVersionApp(parts);
    // What the new version sends to a survivor stays there after a rollback: it is no promise of the duplicate's id.
    const sender = options.undone
      ? new NewVersionApp({ ...parts, ledger: new Ledger(sets, new Map()) })
      : app;
    const running = [repeatedly(2, () => old.act()), repeatedly(2, () => app.poll())];
    const enough = new AbortController();
    let sweeps = 0;
    const ctx = migrationContext(db, {
      model: legacyModel,
      graceMs: 50,
      batch: { start: 20, min: 5, max: 50 },
      onEvent: (event) => {
        if (event.event === "progress" && event.phase === "settle") sweeps += 1;
        if (sweeps === 4) enough.abort();
      },
    });
    const stop = async (): Promise<void> => void (await Promise.all(running.map((one) => one.stop())));
    return {
      enough: enough.signal,
      db,
      ctx,
      ledger,
      app,
      rollOut: () => void running.push(repeatedly(1, () => sender.act())),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  }

  async function untilNothingIsLeft(ctx: MigrationContext): Promise<readonly string[]> {
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== "nothing-to-do" && outcomes.length < 5) {
      outcomes.push((await migrateUp(ctx)).outcome);
    }
    return outcomes;
  }

  async function expectEverythingSeen({ app, ledger }: Fire): Promise<void> {
    const byChat = new Map<string, string[]>();
    for (const [id, { chat }] of ledger.messages) byChat.set(chat, [...(byChat.get(chat) ?? []), id]);
    const unseen: string[] = [...app.unseen];
    const late = [...byChat].map(([chat, ids]) => app.unseenOf(new ObjectId(chat), ids));
    unseen.push(...(await Promise.all(late)).flat());
    expect(unseen).toEqual([]);
  }

  it.each([
    { name: "that delete nothing", seed: 21, deletes: false },
    { name: "one of which deletes duplicates", seed: 22, deletes: true },
  ])("loses nothing and hides nothing at any moment, with versions $name", async ({ seed, deletes }) => {
    await using fired = await fire({ seed, deletes, undone: false });
    const { db, ctx, ledger, app, enough } = fired;
    await migrateUp(ctx, { to: "index" });
    fired.rollOut();
    const outcomes: string[] = [(await migrateUp(ctx, { signal: enough })).outcome];
    await fired.stop();
    outcomes.push(...(await untilNothingIsLeft(ctx)));
    process.stdout.write(
      `${outcomes.join(", ")}; ${ledger.writes} writes, ${ledger.duplicates} late chats, ${ledger.deleted.size} deleted, ` +
        `${app.polls} polls of ${app.polled} messages\n`,
    );
    expect(outcomes.at(-1)).toBe("nothing-to-do");
    await expectEverythingSeen(fired);
    expect(await findingsOf(ctx, { allowDeleted: deletes })).toEqual([]);
    await expectOneChatPerSet(db, ledger);
    await expectFoldedFields(db, ledger);
  });

  it("can be undone down to nothing meanwhile, and every message is found by its chat's id", async () => {
    await using fired = await fire({ seed: 23, deletes: false, undone: true });
    const { db, ctx, ledger, app, enough } = fired;
    await migrateUp(ctx, { to: "index" });
    fired.rollOut();
    await migrateUp(ctx, { signal: enough });
    await rollBack(ctx, { to: "none" });
    await fired.stop();
    process.stdout.write(`undone; ${ledger.writes} writes, ${app.polls} polls of ${app.polled} messages\n`);
    await expectEverythingSeen(fired);
    expect(await db.collection("chats").countDocuments({ mergedInto: { $exists: true } })).toBe(0);
    expect(await db.collection("chats").countDocuments({ aliases: { $exists: true } })).toBe(0);
    expect(await db.collection("chat_redirects").countDocuments()).toBe(0);
    const messages = await db.collection("messages").find({}).toArray();
    const chatOf = new Map(messages.map(({ _id, chat }) => [String(_id), String(chat)]));
    expect([...ledger.messages].filter(([id, { chat }]) => chatOf.get(id) !== chat)).toEqual([]);
    const existing = new Set((await db.collection("chats").distinct("_id")).map(String));
    expect([...chatOf].filter(([, chat]) => !existing.has(chat))).toEqual([]);
  });
});
