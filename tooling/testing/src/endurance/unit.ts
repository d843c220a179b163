import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** A piece of work that is done in one go: a command of Node in the repository's root, and its environment. */
export interface Unit {
  /** By which its result is found again. */
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What somebody types to do the same again. */
export function commandOf({ args, env }: Unit): string {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [...settings, "node", ...args].join(" ");
}

export interface UnitPlace {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where everything that it says is written to. */
  readonly log: string;
  /** Ends it before its time. */
  readonly stop: AbortSignal;
}

/** Longer than any of them takes on a slow machine. */
const longestMs = 2 * 3_600_000;

/** Does it, and gives its exit code; `null` when it was stopped or did not end within two hours. */
export async function runUnit(
  { args, env }: Unit,
  { root, env: inherited, log, stop }: UnitPlace,
): Promise<number | null> {
  await mkdir(dirname(log), { recursive: true });
  await using file = await open(log, "w");
  const signal = AbortSignal.any([stop, AbortSignal.timeout(longestMs)]);
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ["ignore", file.fd, file.fd],
    signal,
    killSignal: "SIGTERM",
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => (error.name === "AbortError" ? undefined : reject(error)));
    child.once("close", (code) => resolve(code));
  });
}
