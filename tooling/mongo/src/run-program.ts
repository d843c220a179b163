import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** @throws Error with what the program wrote to stderr */
export async function runProgram(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const { stdout } = await execute(program, [...args], { cwd, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}
