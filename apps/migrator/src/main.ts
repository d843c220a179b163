#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { exits, exitOfSignal, type StopSignal } from "./exit-codes.ts";
import type { Host } from "./host.ts";
import { withMaskedUris } from "./masked-uri.ts";
import { migrator } from "./migrator.ts";

/** The first signal asks for an end at a checkpoint; a second one is meant, and as safe as kill -9. */
function watchSignals(): Pick<Host, "signal" | "stoppedBy"> {
  const stopping = new AbortController();
  let stoppedBy: StopSignal | null = null;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stoppedBy !== null) process.exit(exits[exitOfSignal(name)].code);
      stoppedBy = name;
      stopping.abort();
    });
  }
  return { signal: stopping.signal, stoppedBy: () => stoppedBy };
}

/** Whoever reads may go away, as `head` does: that is no reason to leave a migration half-way. */
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  stream.on("error", () => undefined);
  return (text) => void stream.write(withMaskedUris(text));
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "";
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise((resolve) => stream.write("", resolve));
}

const code = await migrator(process.argv.slice(2), {
  env: process.env,
  out: writerTo(process.stdout),
  err: writerTo(process.stderr),
  stderrIsTerminal: process.stderr.isTTY,
  columns: () => process.stderr.columns || 80,
  readFile: (path) => readFileSync(path, "utf8"),
  ...watchSignals(),
  operator: `${process.env["USER"] ?? "somebody"}@${hostname()}`,
  version: packageVersion(),
  clock: () => performance.now(),
});
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
