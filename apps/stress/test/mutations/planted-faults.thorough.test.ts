import { databaseName, testMongo } from "@onechat/mongo/testing";
import { wireProxy } from "@onechat/mongo/proxy";
import { sampleOf, seedOf } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { openAdmin } from "../../src/stores/admin.ts";
import { prepareDatabase } from "../../src/stores/databases.ts";
import { openStore } from "../../src/stores/open-store.ts";
import { run } from "../stress-process.ts";
import { mutant } from "./mutant.ts";
import { plantedFaults } from "./planted-faults.ts";

// One of them in each run, with the run's own seed; a part that is asked for by name is tried with three.
const sample = sampleOf(plantedFaults.length, process.env);
const chosen = plantedFaults.filter((_, place) => sample.has(place));
const seeds = process.env["SAMPLE"]?.includes("/") === true ? [1, 2, 3] : [seedOf(process.env) % 2 ** 31];
const cases = chosen.flatMap((fault) => seeds.map((seed) => ({ ...fault, seed })));

describe(`a fault planted in chat-domain is caught by a smoke run (${sample.name})`, () => {
  // What a smoke run does, a ci run does too, and more of it.
  it.each(cases)("$name, seed $seed", async ({ changes, seed }) => {
    using wrong = mutant(changes);
    const about = ["--variant", "ours,naive", "--uri", testMongo().uri, "--seed", String(seed)];
    const { code, stdout } = await run(["smoke", ...about], wrong.env);
    expect({ code, stdout }).toMatchObject({ code: 1 });
  });
});

describe("what no answer can tell on an engine that shows every write at once", () => {
  it("is read from the commands: reads of the majority, and writes that are journaled by it", async () => {
    const database = databaseName("stress-concerns");
    const admin = openAdmin(testMongo().uri);
    await prepareDatabase(admin.db(database), "ours");
    await using proxy = await wireProxy({ upstream: testMongo().uri });
    const place = { uri: proxy.uri, database, timeoutMs: 10_000, watchWrites: false };
    const { store } = await openStore(
      { to: "database", variant: "ours", place },
      { process: "w1", run: "r" },
    );
    const pair = { participants: ["a", "b"], scope: "" };
    await store.ensure(pair);
    expect(await store.find?.(pair)).not.toBeNull();
    const sent = (commands: string[]) =>
      proxy.seen({ commands, collections: ["chats"] }).map(({ command }) => command);
    const [reads, writes] = [sent(["find", "aggregate"]), sent(["insert", "findAndModify", "update"])];
    expect(reads.length * writes.length).toBeGreaterThan(0);
    for (const read of reads) expect(read).toMatchObject({ readConcern: { level: "majority" } });
    for (const write of writes) expect(write).toMatchObject({ writeConcern: { w: "majority", j: true } });
    await store.close?.();
    await admin.drop(database);
    await admin[Symbol.asyncDispose]();
  });
});
