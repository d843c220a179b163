import { openMongo } from "@onechat/mongo";
import { MongoClient } from "mongodb";
import { fork } from "node:child_process";
import { once } from "node:events";
import { legacyConfig } from "@onechat/legacy-data";
import { connect } from "../src/connect/index.ts";
import { migrateUp, migrationContext } from "../src/migrate/index.ts";
import { legacyDatabase } from "./legacy-database.ts";
if (process.argv[2] === "child") {
  await using c = connect({ uri: process.argv[3]!, database: process.argv[4]!, longRunning: true });
  const mb = (n: number) => (n / 2 ** 20).toFixed(0);
  let n = 0; let maxBatch = 0;
  const line = (what: string) => { const before = process.memoryUsage(); (globalThis as any).gc?.(); const m = process.memoryUsage(); console.log(what, "rss", mb(before.rss), "peak", mb(process.resourceUsage().maxRSS * 1024), "heapUsed before gc", mb(before.heapUsed), "after gc", mb(m.heapUsed), "external", mb(m.external), "arrayBuffers", mb(m.arrayBuffers), "maxbatch", maxBatch); };
  line("start");
  const ctx = migrationContext(c.db, { model: legacyConfig("mern"), graceMs: 0, onEvent: (e) => { if (e.event === "progress") { maxBatch = Math.max(maxBatch, e.batch); if (++n % 40 === 0) line(`${e.phase} ${e.done}`); } if (e.event === "phase.end") { line(`END ${e.phase}`); } } });
  await migrateUp(ctx, { createReferenceIndexes: true });
  line("end");
} else {
  await using mongo = await openMongo({ purpose: "start", env: process.env });
  const client = await new MongoClient(mongo.uri).connect();
  { await using l = await legacyDatabase(client, { shape: "mern", seed: 1, chats: Number(process.argv[2]), duplicateShare: 0.1, messagesPerChat: 0.6 });
  const child = fork(new URL(import.meta.url).pathname, ["child", mongo.uri, l.db.databaseName], { execArgv: [...process.execArgv, "--expose-gc", ...process.argv.slice(3)] });
  await once(child, "exit"); }
  await client.close();
}
