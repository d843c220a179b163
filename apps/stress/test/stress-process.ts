import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readResult } from "../src/measure/result-file.ts";
import type { StressResult } from "../src/measure/result.ts";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Ctrl-C in a terminal: the signal goes to the program and to all that share its group. */
  interrupt(): void;
  /** Resolves when stdout or stderr has said this; rejects when the program has ended without. */
  said(text: string): Promise<void>;
}

/** A directory that does not exist yet. */
export function newDirectory(): string {
  return join(mkdtempSync(join(tmpdir(), "onechat-stress-test-")), "run");
}

/** The environment of this process, without the databases that it names. */
export function inheritedEnv(): Readonly<Record<string, string | undefined>> {
  const { MONGODB_URI: _, GITHUB_STEP_SUMMARY: __, ...inherited } = process.env;
  return inherited;
}

/** The built program, as a user starts it, without the databases of the environment. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...inheritedEnv(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const output = { stdout: "", stderr: "" };
  const waiting = new Map<string, () => void>();
  const hear = (stream: keyof typeof output, chunk: Buffer): void => {
    output[stream] += chunk.toString();
    for (const [text, resolve] of waiting) if (output[stream].includes(text)) resolve();
  };
  child.stdout.on("data", (chunk: Buffer) => hear("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => hear("stderr", chunk));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...output }));
  return {
    child,
    ended,
    interrupt: () => void process.kill(-(child.pid ?? 0), "SIGINT"),
    async said(text) {
      const heard = new Promise<void>((resolve) => {
        if (`${output.stdout}${output.stderr}`.includes(text)) resolve();
        waiting.set(text, resolve);
      });
      const unheard = ended.then(({ code, stderr }) => {
        throw new Error(`it ended with ${code} and did not say "${text}": ${stderr}`);
      });
      await Promise.race([heard, unheard]);
    },
  };
}

export interface Run extends Ended {
  readonly directory: string;
  /** `null` when the run left none. */
  readonly result: StressResult | null;
}

/** `run` with these arguments, into a directory of its own. */
export async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const directory = newDirectory();
  const ended = await start(["run", ...args, "--out", directory], env).ended;
  return { ...ended, directory, result: await readResult(directory).catch(() => null) };
}

/** Makes something when the first of several tests needs it, and never again. */
export function sharedBetweenTests<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}
