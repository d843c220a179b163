import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { connect } from "@onechat/chat-domain/connect";
import { ObjectId } from "bson";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileWith } from "./migrator-process.ts";

const megabyte = 1_024 * 1_024;
const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
/** Too small for five of the chats as values. What V8 has not yet collected of their bytes comes on top, hence the bound. */
const heap = "--max-old-space-size=64";
const boundMegabytes = 300;
const tellPeak = `data:text/javascript,process.on("exit",()=>console.error("peak",process.resourceUsage().maxRSS*1024))`;
const config = fileWith(
  "large.json",
  JSON.stringify({
    chats: { participants: "users", scope: null },
    references: [{ collection: "messages", field: "chat" }],
    fold: { updatedAt: "max" },
    ignore: ["log"],
  }),
);

describe("chats of 12 MB, 40 of them, of 20 sets of people", () => {
  const place = { uri: testMongo().uri, database: databaseName("large") };
  const connection = connect({ ...place, longRunning: true });
  const { db } = connection;

  let original: readonly unknown[];

  /** Each with its length in bytes. */
  function largeChats(): Promise<readonly unknown[]> {
    return db
      .collection("chats")
      .aggregate([{ $project: { bytes: { $bsonSize: "$$ROOT" } } }, { $sort: { _id: 1 } }])
      .toArray();
  }

  beforeAll(async () => {
    const chats = db.collection("chats");
    for (let n = 0; n < 40; n += 1) {
      const log = Array.from({ length: 12 }, (_, part) => `${n} ${part} ${"x".repeat(megabyte - 16)}`);
      const { insertedId } = await chats.insertOne({
        _id: new ObjectId(),
        users: ["bob", `user-${n % 20}`],
        updatedAt: new Date(1_700_000_000_000 + n),
        log,
      });
      await db.collection("messages").insertOne({ chat: insertedId });
    }
    await db.collection("messages").createIndex({ chat: 1 });
    original = await largeChats();
  });
  afterAll(async () => {
    await db.dropDatabase();
    await connection[Symbol.asyncDispose]();
  });

  async function migrator(...args: readonly string[]) {
    const env = {
      MONGODB_URI: place.uri,
      MONGODB_DB: place.database,
      MIGRATOR_CONFIG: config,
      MIGRATOR_GRACE: "0",
    };
    const child = spawn(process.execPath, [heap, "--import", tellPeak, program, ...args], { env });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, text, peakMegabytes: Number(/peak (\d+)/.exec(text)?.[1]) / megabyte };
  }

  async function expectInBounds(...commands: readonly (readonly string[])[]): Promise<void> {
    const peaks: string[] = [];
    for (const args of commands) {
      const { code, text, peakMegabytes } = await migrator(...args);
      peaks.push(`${args[0]} ${Math.round(peakMegabytes)}`);
      expect([args[0], code, code === 0 ? "" : text]).toEqual([args[0], 0, ""]);
      expect(peakMegabytes).toBeLessThan(boundMegabytes);
    }
    process.stdout.write(`peak in MB: ${peaks.join(", ")}\n`);
  }

  it("are planned, migrated, planned again and verified in a heap of 64 MB", async () => {
    await expectInBounds(["plan"], ["up", "--execute"], ["plan"], ["verify"]);
    expect(await db.collection("chats").countDocuments({ mergedInto: { $exists: true } })).toBe(20);
  });

  it("are purged, and come back, in a heap of 64 MB", async () => {
    const { length: before } = await largeChats();
    await expectInBounds(["purge", "--confirm-drained", "--execute"], ["verify"]);
    expect([before, (await largeChats()).length]).toEqual([40, 20]);
    await expectInBounds(["rollback", "--to", "none", "--execute"]);
    expect(await largeChats()).toEqual(original);
  });
});
