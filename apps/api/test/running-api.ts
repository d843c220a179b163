import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { until } from "@onechat/testing";
import { secret } from "./test-tokens.ts";

export const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** The built API as a process of its own. */
export interface RunningApi extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly url: string;
  /** Where its metrics are; empty without METRICS_PORT. */
  readonly metricsUrl: string;
  /** Every line that it logged so far. */
  readonly log: readonly string[];
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

export function settings(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    MONGODB_URI: testMongo().uri,
    MONGODB_DB: databaseName("process"),
    AUTH_JWT_SECRET: secret,
    PORT: "0",
    ...env,
  };
}

/** For a process that stands still right after it has logged this, until SIGCONT: what comes then is after it for sure. */
export function stoppingItself(message: string): Record<string, string> {
  const code = `
    import fs from "node:fs";
    const { writeSync } = fs;
    fs.writeSync = (fd, data, ...rest) => {
      const written = writeSync(fd, data, ...rest);
      if (String(data).includes(${JSON.stringify(message)})) process.kill(process.pid, "SIGSTOP");
      return written;
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

export async function start(env: Record<string, string>): Promise<RunningApi> {
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const log: string[] = [];
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      log.push(line);
      const address = addressIn(line, "listening");
      if (address !== null) resolve(address);
    });
  });
  await until("the API to be ready", async () => {
    const answer = await fetch(`${url}/readyz`);
    if (!answer.ok) throw new Error(await answer.text());
    return true;
  });
  const metricsUrl = log.map((line) => addressIn(line, "metrics")).find((address) => address !== null) ?? "";
  return {
    child,
    url,
    metricsUrl,
    log,
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The address in the line that says this; what instruments the process may print lines that are no JSON. */
function addressIn(line: string, message: string): string | null {
  if (!line.startsWith("{")) return null;
  const { msg, url } = JSON.parse(line) as { readonly msg?: string; readonly url?: string };
  return msg === message ? (url ?? null) : null;
}

export async function runToEnd(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}
