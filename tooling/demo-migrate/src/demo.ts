import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@onechat/chat-domain/connect";
import { fillDatabase, legacyConfig, type LegacySummary } from "@onechat/legacy-data";
import { openMongo } from "@onechat/mongo";
import { collectionHashes, databaseState, parkedReasons } from "./database-state.ts";
import type { DemoOptions } from "./demo-options.ts";
import { type DemoFacts, demoProblems } from "./demo-problems.ts";
import { showEmbeddedChats } from "./embedded-chats.ts";
import { runMigrator } from "./migrator-process.ts";
import { countText, numberText } from "./number-text.ts";
import { renderSummary } from "./render-summary.ts";

export interface Demo extends DemoOptions {
  readonly migratorProgram: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  /** Ends the demonstration, and the command that is at work. */
  readonly stop: AbortSignal;
}

/** A tenth are duplicates; a hundredth is broken, half of these beyond repair. */
const data = { duplicateShare: 0.1, brokenShare: 0.01 } as const;

/**
 * Fill, plan, up, verify, rollback, compare, up again, compare; and a single conversation from near. Returns the exit code.
 *
 * @throws Error when a command ends otherwise than it should
 */
export async function demo(options: Demo): Promise<number> {
  const { print, shape, seed, chats } = options;
  await using mongo = await openMongo({ purpose: "start", env: options.env, onNotice: print });
  await using folder = await temporaryFolder();
  const database = `onechat_demo_${randomBytes(4).toString("hex")}`;
  await using connection = connect({ uri: mongo.uri, database, longRunning: true });
  await using _dropped = { [Symbol.asyncDispose]: async () => void (await connection.db.dropDatabase()) };
  const { db } = connection;

  const started = performance.now();
  const legacy = await fillDatabase(db, { shape, seed, chats, ...data });
  const configFile = join(folder.path, "migrator.json");
  const config = JSON.stringify({ database, ...legacyConfig(shape) }, null, 2);
  await writeFile(configFile, config);
  print(introduction({ options, legacy, config, configFile, uri: mongo.uri }));
  const before = await databaseState(db, shape);
  const originals = await collectionHashes(db);
  const seconds: [string, number][] = [["generating the chats", (performance.now() - started) / 1_000]];

  const migrate = migration(options, mongo.uri);
  const step = async (title: string, command: string, expected: number): Promise<void> => {
    print(`\n── ${title}`);
    seconds.push([`migrator ${command}`, await migrate(command, configFile, expected)]);
  };
  // Chats that can never have a key are set aside for a person, and that is what the exit code says.
  const withParked = legacy.invalid > 0 ? 6 : 0;
  const up = "up --execute --create-reference-indexes --grace 1s";
  await step("What would be done: reads only", "plan --create-reference-indexes", withParked);
  await step("Do it", up, withParked);
  const migrated = await databaseState(db, shape);
  await step("Look at everything that has to be true now", "verify", withParked);
  await step("Undo all of it", "rollback --to none --execute --grace 1s", 0);
  const restored = await collectionHashes(db, Object.keys(originals));
  await step("Do it again", up, withParked);

  const unequal = await showEmbeddedChats({
    uri: mongo.uri,
    database: `${database}_embedded`,
    folder: folder.path,
    print,
    migrate: async (command, file) => void (await migrate(command, file, 0)),
  });
  const after = await databaseState(db, shape);
  const parked = await parkedReasons(db, shape);
  const facts: DemoFacts = { legacy, before, migrated, after, originals, restored, parked };
  const problems = [...demoProblems(facts), ...unequal];
  print(renderSummary({ ...facts, seconds, problems }));
  return problems.length === 0 ? 0 : 1;
}

/** Runs a command that has to end with this exit code; returns how many seconds it took. */
type Migrate = (command: string, configFile: string, expected: number) => Promise<number>;

function migration({ print, stop, env, migratorProgram: program }: Demo, uri: string): Migrate {
  return async (command, configFile, expected) => {
    stop.throwIfAborted();
    print(`\n$ pnpm migrator ${command} --config ${configFile}\n`);
    const args = [...command.split(" "), "--config", configFile];
    const { code, seconds } = await runMigrator({ args, program, uri, env, stop });
    print(`\n(exit code ${code}${codeMeaning(code, expected)}, ${seconds.toFixed(1)} s)`);
    if (code !== expected) throw new Error(`migrator ${command} ended with ${code} instead of ${expected}`);
    return seconds;
  };
}

function codeMeaning(code: number, expected: number): string {
  if (code !== expected) return ", which is NOT what was to be expected";
  return code === 6 ? ": all but the broken chats, which are parked; that is right here" : "";
}

interface Introduction {
  readonly options: DemoOptions;
  readonly legacy: LegacySummary;
  readonly config: string;
  readonly configFile: string;
  readonly uri: string;
}

function introduction({ options, legacy, config, configFile, uri }: Introduction): string {
  return `
A database of ${options.shape} chats from before onechat (seed ${options.seed}): ${countText(legacy.chats, "chat")} to be unique by their
people, ${numberText(legacy.losers)} of them duplicates, ${numberText(legacy.invalid)} broken beyond repair; ${countText(legacy.namedGroups, "named group")}, nobody's duplicates; and
${countText(legacy.messages, "message")}.

${configFile} says where they are:

${config}

Nobody else is writing here, so settle waits 1 second before each of its sweeps instead of 5, and references whose
application has no index for them get one.

$ export MONGODB_URI="${uri}"`;
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "onechat-demo-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
