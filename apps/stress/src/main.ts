#!/usr/bin/env node
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { exits } from "./exit-codes.ts";

/** A signal that follows at once is the same one: wrappers such as npm and timeout pass on what the group has got. */
const sameSignalMs = 500;

/** The first signal asks for an end with a report of what was seen; a second one is meant. */
function stoppingSignal(): AbortSignal {
  const stopping = new AbortController();
  let stoppedAt = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      const now = performance.now();
      if (stopping.signal.aborted && now - stoppedAt > sameSignalMs) process.exit(exits.interrupted.code);
      if (!stopping.signal.aborted) stoppedAt = now;
      stopping.abort();
    });
  }
  return stopping.signal;
}

/** Whoever reads may go away, as `head` does: that is no reason to leave a run without its report. */
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  stream.on("error", () => undefined);
  return (text) => void stream.write(text);
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "";
}

/** In a clone, a script of npm's becomes this program; elsewhere it is a package's command. */
function commandTyped(): string {
  if (basename(process.argv[1] ?? "") === "stress.mjs") return "npm run stress --";
  return process.env["npm_command"] === "exec" ? "npx onechat-stress" : "onechat-stress";
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise((resolve) => stream.write("", resolve));
}

/** Node's own code for a crash means something else here. */
function crash(error: unknown): never {
  process.stderr.write(
    `the harness has failed: ${error instanceof Error ? (error.stack ?? error.message) : "no error"}\n`,
  );
  process.exit(exits.bug.code);
}

process.on("uncaughtException", crash);

async function run(): Promise<number> {
  // Imported here, so that a build that cannot be loaded is a crash like any other.
  const { stress } = await import("./cli/program.ts");
  const { measureMachine } = await import("./faults/measure-machine.ts");
  return stress(process.argv.slice(2), {
    env: process.env,
    out: writerTo(process.stdout),
    err: writerTo(process.stderr),
    stderrIsTerminal: process.stderr.isTTY,
    stdoutIsTerminal: process.stdout.isTTY,
    columns: () => process.stderr.columns || 80,
    readFile: (path) => readFileSync(path, "utf8"),
    signal: stoppingSignal(),
    version: packageVersion(),
    command: commandTyped(),
    clock: () => performance.now(),
    now: () => new Date(),
    measureMachine,
    newSeed: () => randomInt(2 ** 31),
  });
}

const code = await run().catch(crash);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
