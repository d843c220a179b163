// What has to be true after a migration of each shape of legacy chats, looked at from outside. Takes minutes.
import { parseArgs } from "node:util";
import { databaseHash, LegacyShape, messagesBySet } from "@onechat/legacy-data";
import { openMongo } from "@onechat/mongo";
import { MongoClient } from "mongodb";
import { migrateUp, type MigrationEvent, planMigration, type PhaseName } from "../src/migrate/index.ts";
import {
  auditVerdict,
  differences,
  liveChats,
  lostIds,
  mergedChats,
  namedGroupsHash,
  referencesToLosers,
} from "./acceptance-checks.ts";
import { type LegacyDatabase, legacyDatabase } from "./legacy-database.ts";
import { timed } from "./stopwatch.ts";

const { values } = parseArgs({
  options: {
    chats: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
    shape: { type: "string", multiple: true, default: [...LegacyShape.options] },
    "broken-share": { type: "string", default: "0.01" },
  },
});

let failures = 0;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function check(what: string, problems: readonly string[]): void {
  say(`  ${problems.length === 0 ? "ok  " : "FAIL"} ${what}`);
  for (const problem of problems.slice(0, 10)) say(`         ${problem}`);
  if (problems.length > 10) say(`         … and ${problems.length - 10} more`);
  if (problems.length > 0) failures += 1;
}

function expectEqual(what: string, found: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  check(`${what}: ${right}`, left === right ? [] : [`found ${left}`]);
}

/** Seconds by what they were spent on. */
type Times = Map<string, number>;

function phaseTimes(times: Times): (event: MigrationEvent) => void {
  const began = new Map<PhaseName, number>();
  return (event) => {
    if (event.event === "phase.start") began.set(event.phase, performance.now());
    if (event.event !== "phase.end") return;
    times.set(event.phase, (performance.now() - (began.get(event.phase) ?? 0)) / 1_000);
  };
}

async function accept(client: MongoClient, shape: LegacyShape): Promise<Times> {
  const times: Times = new Map();
  const measure = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const { result, seconds } = await timed(work);
    times.set(name, seconds);
    return result;
  };
  const options = {
    shape,
    seed: Number(values.seed),
    chats: Number(values.chats),
    brokenShare: Number(values["broken-share"]),
  };
  await using legacy = await measure("fill", () => legacyDatabase(client, options));
  const { db, summary } = legacy;
  say(`\n${shape}: ${JSON.stringify({ ...summary, broken: undefined, documents: undefined })}`);

  const filled = await measure("hash", () => databaseHash(db));
  const groups = await namedGroupsHash(legacy);
  const messages = await messagesBySet(db, shape);
  const ctx = legacy.migration({ onEvent: phaseTimes(times) });
  const request = { createReferenceIndexes: true };

  const plan = await measure("plan", () => planMigration(ctx, request));
  check("plan writes nothing", differences(filled, await databaseHash(db)));
  expectEqual("plan's duplicates", plan.duplicates.losers, summary.losers);
  expectEqual("plan says that there is work", plan.pending, true);

  const up = await measure("up", () => migrateUp(ctx, request));
  expectEqual("up ends", up.outcome, summary.invalid > 0 ? "parked" : "done");
  expectEqual("parked", up.parked, summary.invalid);
  await checkMerged(legacy, times);
  check("messages of every set", differencesOf(messages, await messagesBySet(db, shape)));
  check("named groups untouched", groups === (await namedGroupsHash(legacy)) ? [] : ["their hash differs"]);
  const audit = await measure("audit", () => auditVerdict(ctx));
  check("audit finds only what is parked", audit.other);
  expectEqual("audit's parked", audit.parked, summary.invalid);

  const migrated = await databaseHash(db);
  const again = await measure("again", () => migrateUp(ctx, request));
  expectEqual("second up ends", again.outcome, summary.invalid > 0 ? "parked" : "nothing-to-do");
  check("second up writes nothing", differences(migrated, await databaseHash(db)));
  const after = await measure("plan again", () => planMigration(ctx, request));
  check("plan afterwards writes nothing", differences(migrated, await databaseHash(db)));
  expectEqual("plan afterwards says that there is work", after.pending, false);
  return times;
}

async function checkMerged(legacy: LegacyDatabase, times: Times): Promise<void> {
  const { summary } = legacy;
  const live = await liveChats(legacy);
  const expected = { keyed: summary.sets, keyless: summary.invalid, keys: summary.sets };
  expectEqual("one live chat per set", live, expected);
  const merged = await mergedChats(legacy);
  expectEqual("duplicates merged", merged.length, summary.losers);
  check("nothing refers to a duplicate", await referencesToLosers(legacy, merged));
  const { result, seconds } = await timed(() => lostIds(legacy, merged));
  times.set("resolve", seconds);
  check("every old id leads to its survivor", result);
}

function differencesOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name)} → ${after.get(name)}`);
}

await using mongo = await openMongo({ purpose: "start", env: process.env, onNotice: say });
const client = await new MongoClient(mongo.uri).connect();
try {
  const rows: (readonly [string, Times])[] = [];
  for (const shape of values.shape.map((name) => LegacyShape.parse(name))) {
    rows.push([shape, await accept(client, shape)]);
  }
  const columns = [...new Set(rows.flatMap(([, times]) => [...times.keys()]))];
  say(`\nseconds      ${columns.map((column) => column.padStart(10)).join("")}`);
  for (const [shape, times] of rows) {
    const cells = columns.map((column) => (times.get(column)?.toFixed(1) ?? "").padStart(10));
    say(`${shape.padEnd(13)}${cells.join("")}`);
  }
} finally {
  await client.close();
}
say(failures === 0 ? "\naccepted" : `\n${failures} checks FAILED`);
process.exitCode = failures === 0 ? 0 : 1;
