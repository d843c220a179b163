// The engine's own process: it can be killed without taking anybody along, and restarted on the same data.
import { rm } from "node:fs/promises";
import { wholeMessage } from "../whole-message.ts";
import { type HostReport, HostSettings } from "./host-settings.ts";
import { runEngine } from "./run-engine.ts";

/** The end of a shutdown that does not end, such as one that waits for a command that waits for a lock. */
const shutdownMs = 10_000;

function report(message: HostReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

const stopped = new Promise<void>((resolve) => {
  process.once("SIGTERM", () => resolve());
  // The parent is gone, however it ended: nobody would ever stop this process.
  process.once("disconnect", () => resolve());
});

try {
  const settings = HostSettings.parse(JSON.parse(process.argv[2] ?? "{}"));
  const engine = await runEngine(settings);
  await report({ listening: engine.port, version: engine.version });
  await stopped;
  setTimeout(() => process.exit(1), shutdownMs);
  await engine[Symbol.asyncDispose]();
  if (settings.temporary) await rm(settings.dir, { recursive: true, force: true });
  process.exit(0);
} catch (error) {
  await report({ failed: wholeMessage(error) });
  process.exit(1);
}
