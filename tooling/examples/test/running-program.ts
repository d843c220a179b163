import { spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "@onechat/testing";

/** A program that runs until it is disposed of, together with whatever it has started. */
export interface RunningProgram extends AsyncDisposable {
  /** Waits until it answers a request to this URL. */
  answers(url: string): Promise<void>;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs a shell's commands in a process group of their own. */
export function startProgram(commands: string, options: ProgramOptions): RunningProgram {
  const child = spawn("sh", ["-c", commands], {
    ...options,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => output.push(chunk));
  // Its streams are closed when the last of the group has ended.
  const closed = once(child, "close");
  return {
    answers: async (url) => {
      await until(`an answer of ${url}`, async () => {
        if (child.exitCode !== null) throw new Error(`it has ended: ${output.join("")}`);
        return (await fetch(url)).status < 500;
      });
    },
    async [Symbol.asyncDispose]() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
      await closed;
    },
  };
}
