import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Loader } from "../glibc/newer-glibc.ts";
import { HostReport, type HostSettings } from "../host/host-settings.ts";
import { processFreezer } from "./process-freezer.ts";

// The same file from the sources and from their build: the child runs plain JavaScript in both cases.
const hostProgram = fileURLToPath(new URL("../../dist/host/main.js", import.meta.url));
const stopMs = 15_000;

export interface EngineProcess {
  readonly port: number;
  readonly version: string;
  /** How the process ended; `null` when it was told to. */
  readonly ended: Promise<string | null>;
  /** Ends the process, and resolves when it is gone. */
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Freezes the process until `resume`. */
  pause(): void;
  resume(): void;
}

/** @throws Error with the engine's reason when it does not open */
export async function startEngine(settings: HostSettings, loader: Loader | null): Promise<EngineProcess> {
  if (!existsSync(hostProgram)) throw new Error(`${hostProgram} does not exist; run: npm run build`);
  const child = spawnHost([hostProgram, JSON.stringify(settings)], loader);
  const end = endOf(child);
  const report = await firstReport(child, end);
  if ("failed" in report) {
    await end;
    throw new Error(`the embedded engine did not open: ${report.failed}`);
  }
  return { port: report.listening, version: report.version, ...controls(child, end) };
}

/** Detached, so that Ctrl-C in a terminal reaches the engine only after its clients are done. */
function spawnHost(args: readonly string[], loader: Loader | null): ChildProcess {
  const node = [process.execPath, ...args];
  const [program = process.execPath, ...rest] =
    loader === null ? node : [loader.program, "--library-path", loader.libraryPath, ...node];
  return spawn(program, rest, { stdio: ["ignore", "ignore", "pipe", "ipc"], detached: true });
}

/** How the process ended, with the last of what it wrote to stderr. */
function endOf(child: ChildProcess): Promise<string> {
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    lastWords = (lastWords + chunk).slice(-2_000);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      resolve([how, lastWords.trim()].filter((text) => text !== "").join(": "));
    });
  });
}

async function firstReport(child: ChildProcess, end: Promise<string>): Promise<HostReport> {
  return Promise.race([
    once(child, "message").then(([message]: unknown[]) => HostReport.parse(message)),
    end.then((how) => ({ failed: `it ended at once, ${how}` })),
  ]);
}

function controls(
  child: ChildProcess,
  end: Promise<string>,
): Pick<EngineProcess, "ended" | "stop" | "pause" | "resume"> {
  const freezer = processFreezer(child);
  let told = false;
  return {
    ended: end.then((how) => (told ? null : how)),
    async stop(signal) {
      told = true;
      freezer.resume();
      child.kill(signal);
      const impatience = setTimeout(() => child.kill("SIGKILL"), stopMs);
      await end;
      clearTimeout(impatience);
    },
    ...freezer,
  };
}
