import { writeSync } from "node:fs";
import { MongoClient } from "mongodb";
import {
  migrateUp,
  migrationContext,
  MigrationError,
  type MigrationOptions,
  rollBack,
} from "../../src/migrate/index.ts";
import { legacyModel } from "./legacy-chats.ts";
import type { RunEnd, RunnerCommand, RunnerReport, StopAt } from "./runner-process.ts";

/** A migration runner in a process of its own: runs what it is told to, and reports what happens. */
const client = new MongoClient(process.argv[2] ?? "", { monitorCommands: true });
/** Heartbeats of the lease, which come by the clock, and building an index, which no server refuses when it is late. */
const notCounted = new Set(["findAndModify", "createIndexes"]);
/** Counted from the moment when it holds the lease: before that it does no harm, whenever it goes on. */
let holdsLease = false;
let commands = 0;
let stopAt: StopAt | null = null;

/** Said on a pipe that takes it at once, because nothing more is done after that. */
function stop(signal: StopAt["signal"]): void {
  writeSync(1, "stopped\n");
  process.kill(process.pid, signal);
}

client.on("commandStarted", ({ commandName, requestId }) => {
  if (!holdsLease || notCounted.has(commandName)) return;
  commands += 1;
  if (stopAt === null || commands !== stopAt.command) return;
  const { moment, signal } = stopAt;
  if (moment === "before") stop(signal);
  if (moment === "sent") setImmediate(() => stop(signal));
  if (moment !== "answered") return;
  const answered = (event: { readonly requestId: number }): void => {
    if (event.requestId === requestId) stop(signal);
  };
  client.on("commandSucceeded", answered).on("commandFailed", answered);
});

function report(message: RunnerReport): void {
  process.send?.(message);
}

async function run({
  database,
  command,
  onLocked,
  options,
  clockJumpsMs = 0,
}: RunnerCommand): Promise<Omit<RunEnd, "commands">> {
  const onEvent: MigrationOptions["onEvent"] = ({ event, ...rest }) => {
    holdsLease ||= event === "lock.acquired";
    report({ event, phase: "phase" in rest ? rest.phase : null });
  };
  const now = (): Date => new Date(Date.now() + (Math.random() * 2 - 1) * clockJumpsMs);
  const ctx = migrationContext(client.db(database), { ...options, model: legacyModel, onEvent, now });
  try {
    const { outcome, counts } = await (command === "up"
      ? migrateUp(ctx, { onLocked })
      : rollBack(ctx, { to: "none", onLocked }));
    return { end: outcome, merged: counts.merged };
  } catch (error) {
    return { end: error instanceof MigrationError ? error.code : String(error), merged: 0 };
  }
}

async function begin(command: RunnerCommand): Promise<void> {
  holdsLease = false;
  commands = 0;
  stopAt = command.stopAt ?? null;
  const end = await run(command);
  report({ ...end, commands });
}

await client.connect();
process.on("message", (command: RunnerCommand) => void begin(command));
process.once("disconnect", () => void client.close());
report({ event: "ready", phase: null });
