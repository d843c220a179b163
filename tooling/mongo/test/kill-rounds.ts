import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@onechat/testing";
import { type Collection, MongoClient } from "mongodb";
import type { MongoServer } from "../src/index.ts";
import { databaseName } from "../src/testing/index.ts";
import { openEngine } from "./embedded-engine.ts";
import { seededRandom } from "./random.ts";

export interface KillOptions {
  readonly kills: number;
  readonly durabilityBarrier: boolean;
  readonly seed: number;
  /** Ends the rounds early, once a loss is seen. */
  readonly untilLoss?: boolean;
}

export interface KillReport {
  readonly kills: number;
  /** Writes acknowledged with majority and journal. */
  readonly acknowledged: number;
  /** Acknowledged writes that a restart did not bring back. */
  readonly lost: number;
  /** Documents, written without a promise, that a majority read has shown. */
  readonly shown: number;
  /** Documents that a majority read has shown and a restart did not bring back. */
  readonly unshown: number;
  /** Acknowledged writes per second of load. */
  readonly perSecond: number;
}

interface Note {
  readonly _id: number;
}

/** What clients were promised before the engine was killed. */
interface Promised {
  readonly acknowledged: Set<number>;
  readonly shown: Set<number>;
}

const writers = 48;
const durable = { writeConcern: { w: "majority", journal: true } } as const;

/** Kills the engine with -9 under load, again and again, and counts what it had promised and forgot. */
export async function killRounds(options: KillOptions): Promise<KillReport> {
  await using server = await openEngine({ durabilityBarrier: options.durabilityBarrier });
  const random = seededRandom(options.seed);
  const database = databaseName("durability");
  const total = { kills: 0, acknowledged: 0, lost: 0, shown: 0, unshown: 0, loadMs: 0 };
  while (total.kills < options.kills && !(options.untilLoss === true && total.lost > 0)) {
    const collection = `round${total.kills}`;
    const loadMs = 150 + random() * 1_000;
    const promised = await loadUntilKilled(server, { database, collection, loadMs });
    await server.restart();
    const survivors = await survivorsOf(server, database, collection);
    total.kills += 1;
    total.loadMs += loadMs;
    total.acknowledged += promised.acknowledged.size;
    total.shown += promised.shown.size;
    total.lost += missingFrom(survivors, promised.acknowledged);
    total.unshown += missingFrom(survivors, promised.shown);
  }
  const { loadMs, ...counts } = total;
  return { ...counts, perSecond: Math.round((counts.acknowledged / loadMs) * 1_000) };
}

interface Round {
  readonly database: string;
  readonly collection: string;
  readonly loadMs: number;
}

async function loadUntilKilled(
  server: MongoServer,
  { database, collection, loadMs }: Round,
): Promise<Promised> {
  const client = new MongoClient(server.uri, { maxPoolSize: writers + 8 });
  const notes = client.db(database).collection<Note>(collection);
  const promised: Promised = { acknowledged: new Set(), shown: new Set() };
  await notes.insertOne({ _id: 0 }, durable);
  const load = new AbortController();
  const clients = [
    ...Array.from({ length: writers }, (_, writer) => write(notes, writer, promised, load.signal)),
    writeUnpromised(notes, load.signal),
    readMajority(notes, promised, load.signal),
  ];
  await sleep(loadMs);
  await until("a promise to be broken", () => promised.acknowledged.size > 0 && promised.shown.size > 0);
  await server.kill();
  load.abort();
  // Ends what waits for the engine to come back.
  await client.close();
  await Promise.all(clients);
  return promised;
}

/** Inserts one after the other until the engine is gone; only what was acknowledged counts. */
async function write(
  notes: Collection<Note>,
  writer: number,
  { acknowledged }: Promised,
  signal: AbortSignal,
): Promise<void> {
  for (let count = 1; !signal.aborted; count += 1) {
    const _id = writer * 1_000_000 + count;
    try {
      await notes.insertOne({ _id }, durable);
      acknowledged.add(_id);
    } catch {
      return;
    }
  }
}

/** Negative ids, written so that the engine promises nothing. */
async function writeUnpromised(notes: Collection<Note>, signal: AbortSignal): Promise<void> {
  for (let count = 1; !signal.aborted; count += 1) {
    try {
      await notes.insertOne({ _id: -count }, { writeConcern: { w: 1 } });
    } catch {
      return;
    }
  }
}

async function readMajority(
  notes: Collection<Note>,
  { shown }: Promised,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const latest = notes.find({ _id: { $lt: 0 } }, { readConcern: "majority" });
      for (const { _id } of await latest.sort({ _id: 1 }).limit(20).toArray()) shown.add(_id);
    } catch {
      return;
    }
  }
}

async function survivorsOf(server: MongoServer, database: string, collection: string): Promise<Set<number>> {
  const client = new MongoClient(server.uri);
  try {
    const notes = await client.db(database).collection<Note>(collection).find().toArray();
    return new Set(notes.map(({ _id }) => _id));
  } finally {
    await client.close();
  }
}

function missingFrom(survivors: ReadonlySet<number>, promised: ReadonlySet<number>): number {
  return [...promised].filter((id) => !survivors.has(id)).length;
}
