// A whole migration in a process of its own: what it takes of memory and time goes to the parent.
import { legacyConfig } from "@onechat/legacy-data";
import { connect } from "../src/connect/index.ts";
import { migrateUp, migrationContext, type MigrationPhase } from "../src/migrate/index.ts";

export interface MeasuredRun {
  /** The most memory that the process ever had, in bytes. */
  readonly peakBytes: number;
  readonly seconds: number;
  readonly phaseSeconds: Readonly<Partial<Record<MigrationPhase, number>>>;
  readonly outcome: string;
}

const [uri = "", database = ""] = process.argv.slice(2);
await using connection = connect({ uri, database, longRunning: true });
const phaseSeconds: Record<string, number> = {};
let phaseBegan = 0;
const ctx = migrationContext(connection.db, {
  model: legacyConfig("mern"),
  graceMs: 0,
  onEvent(event) {
    if (event.event === "phase.start") phaseBegan = performance.now();
    if (event.event === "phase.end") phaseSeconds[event.phase] = (performance.now() - phaseBegan) / 1_000;
  },
});
const started = performance.now();
const { outcome } = await migrateUp(ctx, { createReferenceIndexes: true });
const run: MeasuredRun = {
  peakBytes: process.resourceUsage().maxRSS * 1_024,
  seconds: (performance.now() - started) / 1_000,
  phaseSeconds,
  outcome,
};
process.send?.(run);
