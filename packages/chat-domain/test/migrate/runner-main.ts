import { MongoClient } from "mongodb";
import {
  migrateUp,
  migrationContext,
  MigrationError,
  type MigrationOptions,
  rollBack,
} from "../../src/migrate/index.ts";
import { legacyModel } from "./legacy-chats.ts";
import type { RunnerCommand, RunnerReport } from "./runner-process.ts";

/** A migration runner in a process of its own: runs what it is told to, and reports what happens. */
const client = new MongoClient(process.argv[2] ?? "");

function report(message: RunnerReport): void {
  process.send?.(message);
}

async function run({ database, command, onLocked, options }: RunnerCommand): Promise<RunnerReport> {
  const onEvent: MigrationOptions["onEvent"] = ({ event, ...rest }) =>
    report({ event, phase: "phase" in rest ? rest.phase : null });
  const ctx = migrationContext(client.db(database), { ...options, model: legacyModel, onEvent });
  try {
    const { outcome, counts } = await (command === "up"
      ? migrateUp(ctx, { onLocked })
      : rollBack(ctx, { to: "none", onLocked }));
    return { end: outcome, merged: counts.merged };
  } catch (error) {
    return { end: error instanceof MigrationError ? error.code : String(error), merged: 0 };
  }
}

await client.connect();
process.on("message", (command: RunnerCommand) => void run(command).then(report));
process.once("disconnect", () => void client.close());
report({ event: "ready", phase: null });
