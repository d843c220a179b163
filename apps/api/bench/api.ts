import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { secret } from "./shots.ts";

/** The built API as a process of its own. */
export interface BenchApi extends AsyncDisposable {
  readonly url: string;
  readonly metricsUrl: string;
  readonly child: ChildProcess;
  /** Processor seconds that it has used so far. */
  cpuSeconds(): number;
}

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

export async function benchApi(env: Readonly<Record<string, string>>): Promise<BenchApi> {
  const child = spawn(process.execPath, [program], {
    env: { AUTH_JWT_SECRET: secret, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let metricsUrl = "";
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const entry = JSON.parse(line) as { readonly msg?: string; readonly url?: string };
      if (entry.msg === "metrics") metricsUrl = entry.url ?? "";
      if (entry.msg === "listening") resolve(entry.url ?? "");
    });
  });
  while (!(await fetch(`${url}/readyz`)).ok) await sleep(50);
  return {
    url,
    metricsUrl,
    child,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Fields 14 and 15 of the process's stat, in ticks of ten milliseconds (Linux). */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
