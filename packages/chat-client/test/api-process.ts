import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "@onechat/testing";
import { createChatClient, type ChatClient, type ChatClientOptions } from "../src/index.ts";

const program = fileURLToPath(import.meta.resolve("@onechat/api/main"));

/** The built API as a process of its own, with development tokens. */
export interface ApiProcess extends AsyncDisposable {
  readonly url: string;
  /** The log so far, a line each. */
  readonly log: readonly string[];
  token(caller: string): Promise<string>;
  client(caller: string, options?: Partial<ChatClientOptions>): Promise<ChatClient>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export async function apiProcess(env: Readonly<Record<string, string>>): Promise<ApiProcess> {
  const log: string[] = [];
  const tokens = new Map<string, string>();
  let running = await start({ ...env, PORT: "0" }, log);
  const { url } = running;
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return running.child.exitCode;
    const exited = once(running.child, "exit");
    running.child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  };
  async function tokenOf(caller: string): Promise<string> {
    const token = tokens.get(caller) ?? (await devToken(url, caller));
    tokens.set(caller, token);
    return token;
  }
  return {
    url,
    log,
    token: tokenOf,
    async client(caller, options = {}) {
      return createChatClient({ url, token: await tokenOf(caller), ...options });
    },
    kill: async () => void (await stop("SIGKILL")),
    restart: async () => {
      running = await start({ ...env, PORT: new URL(url).port }, log);
    },
    stop: () => stop("SIGTERM"),
    [Symbol.asyncDispose]: async () => void (await stop("SIGTERM")),
  };
}

async function start(
  env: Readonly<Record<string, string>>,
  log: string[],
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const settings = {
    AUTH_DEV: "1",
    NODE_ENV: "test",
    AUTH_JWT_SECRET: "a-secret-that-only-the-tests-know-0123456789",
    ...env,
  };
  const child = spawn(process.execPath, [program], { env: settings, stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`the API ended with ${code}: ${log.slice(-5).join("\n")}`)),
    );
    createInterface({ input: child.stdout }).on("line", (line) => {
      log.push(line);
      const { msg, url: address } = JSON.parse(line) as { readonly msg: string; readonly url?: string };
      if (msg === "listening" && address !== undefined) resolve(address);
    });
  });
  await until("the API to be ready", async () => {
    const answer = await fetch(`${url}/readyz`);
    if (!answer.ok) throw new Error(await answer.text());
    return true;
  });
  return { child, url };
}

async function devToken(url: string, sub: string): Promise<string> {
  const answer = await fetch(`${url}/dev/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sub }),
  });
  return ((await answer.json()) as { readonly token: string }).token;
}
