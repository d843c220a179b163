import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { secret } from "../shots.ts";

/** A server in a process of its own. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

type Env = Readonly<Record<string, string>>;

/** A peer, which tells its address when it listens. */
export async function peerServer(file: URL, env: Env): Promise<Server> {
  const child = fork(fileURLToPath(file), [], {
    env: { PATH: process.env["PATH"], NODE_ENV: "production", AUTH_JWT_SECRET: secret, ...env },
    execArgv: [],
  });
  const [url] = (await once(child, "message")) as [string];
  return running(child, url);
}

/** The API as it is built and as it runs: one line is logged for each request. */
export async function apiServer(program: string, env: Env): Promise<Server> {
  const log = join(mkdtempSync(join(tmpdir(), "onechat-http-")), "log");
  const child = spawn(process.execPath, [program], {
    env: { NODE_ENV: "production", AUTH_JWT_SECRET: secret, PORT: "0", HOST: "127.0.0.1", ...env },
    stdio: ["ignore", openSync(log, "w"), "inherit"],
  });
  let url: string | undefined;
  while (url === undefined) {
    if (child.exitCode !== null) throw new Error(readFileSync(log, "utf8"));
    await sleep(20);
    url = /"url":"(http:[^"]*)","limits"/.exec(readFileSync(log, "utf8"))?.[1];
  }
  while (!(await fetch(`${url}/readyz`)).ok) await sleep(20);
  return running(child, url);
}

function running(child: ChildProcess, url: string): Server {
  const exited = once(child, "exit");
  return {
    url,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
