import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Outcome {
  readonly status: number;
  /** Both streams, in the order in which they arrived. */
  readonly output: string;
}

/** Runs a program to its end. */
export async function runProgram(command: string, args: readonly string[], cwd: string): Promise<Outcome> {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  }
  const [status] = (await once(child, "close")) as [number | null];
  return { status: status ?? 1, output: chunks.join("") };
}

/** @throws Error with all that it has said, when it fails */
export async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { status, output } = await runProgram(command, args, cwd);
  if (status !== 0) throw new Error(output);
}
