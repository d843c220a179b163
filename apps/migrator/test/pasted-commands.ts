import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Place } from "./migrator-process.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A file of this repository, by its path from the root. */
export function repositoryText(path: string): Promise<string> {
  return readFile(join(root, path), "utf8");
}

/** From its heading to the next of the same rank or a higher one. */
export function sectionOf(markdown: string, title: string): string {
  const [heading = "", marks = ""] = new RegExp(`^(#+) ${title}$`, "m").exec(markdown) ?? [];
  if (heading === "") throw new Error(`there is no section "${title}"`);
  const rest = markdown.slice(markdown.indexOf(`${heading}\n`) + heading.length);
  const end = new RegExp(`^#{1,${marks.length}} `, "m").exec(rest)?.index;
  return rest.slice(0, end);
}

/** Every line of its shell blocks. */
export function blockCommands(section: string): readonly string[] {
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) => block.trim().split("\n"));
}

/** Commands in the middle of its sentences. */
export function inlineCommands(section: string): readonly string[] {
  return [...section.matchAll(/`(npm run [^`]+)`/g)].map(([, command = ""]) => command);
}

export interface Pasted {
  readonly command: string;
  readonly code: number;
  readonly output: string;
}

/** A clone of this repository as somebody has it who follows the documents: with a configuration of their own. */
export interface Clone extends AsyncDisposable {
  paste(command: string): Promise<Pasted>;
}

export async function cloneFor({ uri, database }: Place, config: string): Promise<Clone> {
  const folder = await mkdtemp(join(tmpdir(), "onechat-clone-"));
  const entries = (await readdir(root)).filter((name) => !name.startsWith(".") && name !== "migrator.json");
  for (const name of entries) await symlink(join(root, name), join(folder, name));
  await writeFile(
    join(folder, "migrator.json"),
    config.replace('"database": "app"', `"database": "${database}"`),
  );
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, MONGODB_URI: uri, MIGRATOR_GRACE: "0" };
  return {
    paste: (command) =>
      new Promise((resolve) => {
        execFile("sh", ["-c", command], { cwd: folder, env }, (error, stdout, stderr) =>
          resolve({ command, code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
        );
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
