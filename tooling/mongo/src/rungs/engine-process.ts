import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Loader } from "../glibc/newer-glibc.ts";
import { HostReport, type HostSettings } from "../host/host-settings.ts";

// The same file from the sources and from their build: the child runs plain JavaScript in both cases.
const hostProgram = fileURLToPath(new URL("../../dist/host/main.js", import.meta.url));

export interface EngineProcess {
  readonly port: number;
  /** Sends a signal; for SIGTERM and SIGKILL, `ended` tells when it has worked. */
  signal(name: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
  readonly ended: Promise<void>;
}

/** @throws Error with the engine's reason when it does not open */
export async function startEngine(settings: HostSettings, loader: Loader | null): Promise<EngineProcess> {
  if (!existsSync(hostProgram)) throw new Error(`${hostProgram} does not exist; run: npm run build`);
  const child = spawnHost([hostProgram, JSON.stringify(settings)], loader);
  const ended = once(child, "exit").then(() => undefined);
  return { port: await listeningPort(child, ended), signal: (name) => void child.kill(name), ended };
}

/** Detached, so that Ctrl-C in a terminal reaches the engine only after its clients are done. */
function spawnHost(args: readonly string[], loader: Loader | null): ChildProcess {
  const options = { stdio: ["ignore", "ignore", "pipe", "ipc"] as const, detached: true };
  if (loader === null) return spawn(process.execPath, [...args], { ...options, stdio: [...options.stdio] });
  const loaderArgs = ["--library-path", loader.libraryPath, process.execPath, ...args];
  return spawn(loader.program, loaderArgs, { ...options, stdio: [...options.stdio] });
}

async function listeningPort(child: ChildProcess, ended: Promise<void>): Promise<number> {
  const errors: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => errors.push(chunk));
  const message = await Promise.race([
    once(child, "message").then(([first]: unknown[]) => HostReport.parse(first)),
    once(child, "error").then(([error]: unknown[]) => ({ failed: String(error) })),
    ended.then(() => ({ failed: `it ended at once: ${errors.join("").trim().slice(-2_000)}` })),
  ]);
  if ("listening" in message) return message.listening;
  await ended;
  throw new Error(`the embedded engine did not open: ${message.failed}`);
}
