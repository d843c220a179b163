import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

export interface ApiProcess extends AsyncDisposable {
  readonly url: string;
  /** Resolves with the exit code when the process has ended, by itself or by `stop`. */
  readonly exited: Promise<number>;
  /** Rejects when the process ends, or has not become ready within `timeoutMs`. */
  ready(timeoutMs: number): Promise<void>;
}

/** Starts the built API as a process of its own that writes to the same terminal. */
export function startApi(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  port: number,
): ApiProcess {
  const url = `http://127.0.0.1:${port}`;
  // The channel carries nothing; when it breaks, however this process ended, the API ends too. Detached, so that Ctrl-C
  // in a terminal is this process's alone, and the API is told once.
  const child = spawn(process.execPath, [program], {
    detached: true,
    env: { ...env, PORT: String(port) },
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  const exited = once(child, "exit").then(([code]) => (typeof code === "number" ? code : 1));
  return {
    url,
    exited,
    ready: (timeoutMs) => becomesReady(child, url, timeoutMs),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function becomesReady(child: ChildProcess, url: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error("the API ended before it was ready; its last lines say why");
    if (await answersReady(url)) return;
    await sleep(50);
  }
  throw new Error(`the API was not ready within ${timeoutMs / 1_000} s; ${url}/readyz says why`);
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok;
  } catch {
    return false;
  }
}
