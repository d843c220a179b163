// A whole migration in a process of its own: what it takes of memory and time goes to the parent.
// Plain JavaScript on the built packages, as it runs in production: a loader of TypeScript would be measured as well.
import { legacyConfig } from "@onechat/legacy-data";
import { connect } from "@onechat/chat-domain/connect";
import { migrateUp, migrationContext } from "@onechat/chat-domain/migrate";

const [uri = "", database = ""] = process.argv.slice(2);
const connection = connect({ uri, database, longRunning: true });
try {
  const phaseSeconds = {};
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
  process.send?.({
    peakBytes: process.resourceUsage().maxRSS * 1_024,
    seconds: (performance.now() - started) / 1_000,
    phaseSeconds,
    outcome,
  });
} finally {
  await connection[Symbol.asyncDispose]();
}
