import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { exampleFolder } from "../src/example-folders.ts";
import { installExample } from "../src/install-example.ts";
import { type RunningProgram, startProgram } from "./running-program.ts";

export interface Pasted {
  readonly code: number;
  readonly output: string;
}

/** An example as somebody has it who follows its README: the commands of which are pasted into a shell. */
export interface ExampleCopy extends AsyncDisposable {
  /** Blocks of commands, in their order. */
  readonly commands: readonly string[];
  /** What the README says that they print. */
  readonly prints: readonly string[];
  /** In a new terminal, which is in the clone's folder, where they go to the example's; else where that was gone to. */
  paste(commands: string): Promise<Pasted>;
  /** In a terminal of their own. */
  start(commands: string): RunningProgram;
}

/** Its folder, copied out of the repository and installed. */
export async function exampleCopy(
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<ExampleCopy> {
  const clone = await mkdtemp(join(tmpdir(), "onechat-example-"));
  const folder = join(clone, "examples", name);
  await cp(exampleFolder(name), folder, { recursive: true, filter: isOfTheRepository });
  await installExample(folder);
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NEXT_TELEMETRY_DISABLED: "1", ...settings };
  return {
    commands: blocksOf(readme, "sh"),
    prints: blocksOf(readme, "text"),
    paste: (commands) =>
      new Promise((resolve) => {
        const cwd = commands.startsWith("cd ") ? clone : folder;
        execFile("sh", ["-c", commands], { cwd, env }, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
        );
      }),
    start: (commands) => startProgram(commands, { cwd: clone, env }),
    [Symbol.asyncDispose]: () => rm(clone, { recursive: true, force: true }),
  };
}

/** Not what somebody has installed or built there. */
function isOfTheRepository(path: string): boolean {
  return !["node_modules", ".next", "dist"].includes(basename(path));
}

export function blocksOf(markdown: string, language: string): readonly string[] {
  const blocks = markdown.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"));
  return [...blocks].map(([, block = ""]) => block);
}
