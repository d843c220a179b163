import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, packInto } from "./install-packed.ts";
import { type Outcome, runProgram } from "./run-program.ts";

/** An empty project outside the workspace that has installed one packed package, or several. */
export interface PackedProject extends AsyncDisposable {
  readonly folder: string;
  /** Compiles a consumer strictly, declaration files of dependencies included. */
  typecheck(source: string): Promise<Outcome>;
  /** Runs JavaScript as a module of the project. */
  run(source: string): Promise<Outcome>;
  /** Runs a program that a dependency of the project has brought along, over these files, by name. */
  tool(name: string, args: readonly string[], files?: Readonly<Record<string, string>>): Promise<Outcome>;
  /** What publint says about the package, warnings counted as failures. */
  publint(): Promise<Outcome>;
  /** Whether every way of resolving the package finds its types: by import, by require, by bundlers, and by node10. */
  areTheTypesWrong(): Promise<Outcome>;
}

/** Packs what is in these folders and installs it beside `dependencies` (name → version) with npm. */
export async function packedProject(
  folders: string | readonly string[],
  dependencies: Readonly<Record<string, string>>,
): Promise<PackedProject> {
  const folder = await mkdtemp(join(tmpdir(), "onechat-packed-"));
  const removed = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const tarballs: string[] = [];
    for (const packed of [folders].flat()) tarballs.push(await packInto(folder, packed));
    await install(folder, tarballs, dependencies);
    return {
      folder,
      typecheck: (source) => typecheck(folder, source),
      run: (source) => runProgram(process.execPath, ["--input-type=module", "--eval", source], folder),
      tool: async (name, args, files = {}) => {
        for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
        return runProgram(join(folder, "node_modules/.bin", name), args, folder);
      },
      publint: () => forEach(tarballs, (tarball) => runTool("publint", [tarball, "--strict"])),
      areTheTypesWrong: () => forEach(tarballs, (tarball) => runTool("attw", [tarball])),
      [Symbol.asyncDispose]: removed,
    };
  } catch (error) {
    await removed();
    throw error;
  }
}

/** The first that fails, or the last. */
async function forEach(
  tarballs: readonly string[],
  check: (tarball: string) => Promise<Outcome>,
): Promise<Outcome> {
  let outcome: Outcome = { status: 0, output: "" };
  for (const tarball of tarballs) {
    outcome = await check(tarball);
    if (outcome.status !== 0) return outcome;
  }
  return outcome;
}

async function install(
  folder: string,
  tarballs: readonly string[],
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  const manifest = { name: "consumer", private: true, type: "module" };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  const wanted = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
  await npmInstall(folder, [...tarballs, ...wanted]);
}

async function typecheck(folder: string, source: string): Promise<Outcome> {
  const compilerOptions = {
    target: "ES2022",
    module: "NodeNext",
    lib: ["ES2023", "ESNext.Disposable", "DOM"],
    types: [],
    strict: true,
    noEmit: true,
    // A type that cannot be resolved must be an error here, not a silent `any`.
    skipLibCheck: false,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
  await writeFile(join(folder, "consumer.ts"), source);
  return runTool("tsc", ["-p", folder]);
}

/** A program that a dependency of this package brings along. */
function runTool(name: string, args: readonly string[]): Promise<Outcome> {
  const tool = fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
  return runProgram(tool, args, tmpdir());
}
