import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ProcessFreezer, processFreezer } from "@onechat/mongo";
import { freePort } from "./free-port.ts";

/** A process of the API that can be killed, frozen and started again on its port. */
export interface ApiProcess extends AsyncDisposable, ProcessFreezer {
  readonly url: string;
  kill(): Promise<void>;
  /** Starts it again on the same port, and resolves when it is ready. */
  restart(): Promise<void>;
}

export interface ApiSetting {
  readonly port: number;
  readonly uri: string;
  readonly database: string;
  readonly secret: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Apis extends AsyncDisposable {
  readonly processes: readonly ApiProcess[];
  readonly urls: readonly string[];
}

/**
 * @param firstPort of the first process, the others follow; `null`: any free ones
 * @throws Error when a process does not come up
 */
export async function startApis(
  setting: Omit<ApiSetting, "port">,
  size: number,
  firstPort: number | null = null,
): Promise<Apis> {
  const processes: ApiProcess[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  };
  try {
    for (let index = 0; index < size; index += 1) {
      const port = firstPort === null ? await freePort() : firstPort + index;
      processes.push(await startApi({ ...setting, port }));
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return { processes, urls: processes.map(({ url }) => url), [Symbol.asyncDispose]: dispose };
}

/** A process that dies is noticed at once; one that lives may share its core with many others. */
const startMs = 120_000;
const stopMs = 5_000;

/** @throws Error with the process's last words when it does not come up */
async function startApi(setting: ApiSetting): Promise<ApiProcess> {
  const url = `http://127.0.0.1:${setting.port}`;
  let running = await started(setting, url);
  return {
    url,
    kill: () => ended(running, "SIGKILL"),
    async restart() {
      await ended(running, "SIGKILL");
      running = await started(setting, url);
    },
    pause: () => running.freezer.pause(),
    resume: () => running.freezer.resume(),
    [Symbol.asyncDispose]: () => ended(running, "SIGTERM"),
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly freezer: ProcessFreezer;
  readonly exited: Promise<unknown>;
  readonly lastWords: () => string;
}

async function started(setting: ApiSetting, url: string): Promise<Running> {
  const running = spawned(setting);
  try {
    await answers(running, `${url}/readyz`);
    return running;
  } catch (error) {
    await ended(running, "SIGKILL");
    throw error;
  }
}

/** In a group of its own, and with a channel whose end is the process's end, however the harness ended. */
function spawned({ port, uri, database, secret, env }: ApiSetting): Running {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve("@onechat/api/main"))], {
    env: {
      ...env,
      PORT: String(port),
      HOST: "127.0.0.1",
      MONGODB_URI: uri,
      MONGODB_DB: database,
      AUTH_JWT_SECRET: secret,
      AUTH_JWKS_URL: "",
      AUTH_ISSUER: "",
      AUTH_AUDIENCE: "",
      AUTH_DEV: "",
      METRICS_PORT: "",
      LOG_LEVEL: "fatal",
    },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    detached: true,
  });
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    words = (words + chunk).slice(-2_000);
  });
  const exited = once(child, "exit");
  return { child, freezer: processFreezer(child), exited, lastWords: () => words.trim() };
}

async function answers({ child, lastWords }: Running, url: string): Promise<void> {
  const deadline = performance.now() + startMs;
  let complaint = "no answer";
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`an API process has ended before it was up: ${lastWords()}`);
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      if (answer.ok) return;
      complaint = `${answer.status} ${(await answer.text()).slice(0, 300)}`;
    } catch (error) {
      // What `fetch` itself says of a failure is that it is one.
      const reason = error instanceof Error ? (error.cause ?? error) : null;
      complaint = reason instanceof Error ? reason.message : "no answer";
    }
    await sleep(25);
  }
  throw new Error(`${url} was not well within ${startMs / 1_000} s, at last: ${complaint}; ${lastWords()}`);
}

async function ended({ child, freezer, exited }: Running, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  freezer.resume();
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const impatience = setTimeout(() => child.kill("SIGKILL"), stopMs);
  await exited;
  clearTimeout(impatience);
}
