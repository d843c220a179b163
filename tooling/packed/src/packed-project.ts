import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, runProgram } from "./run-program.ts";

/** An empty project outside the workspace that has installed a packed package. */
export interface PackedProject extends AsyncDisposable {
  readonly folder: string;
  /** Compiles a consumer strictly, declaration files of dependencies included. */
  typecheck(source: string): Promise<Outcome>;
  /** Runs JavaScript as a module of the project. */
  run(source: string): Promise<Outcome>;
  /** What publint says about the package, warnings counted as failures. */
  publint(): Promise<Outcome>;
  /** Whether every way of resolving the package finds its types; the package is ESM only. */
  areTheTypesWrong(): Promise<Outcome>;
}

/** Packs `packageFolder` and installs it beside `dependencies` (name → version) with npm. */
export async function packedProject(
  packageFolder: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<PackedProject> {
  const folder = await mkdtemp(join(tmpdir(), "onechat-packed-"));
  const removed = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const tarball = await packInto(folder, packageFolder);
    await install(folder, tarball, dependencies);
    return {
      folder,
      typecheck: (source) => typecheck(folder, source),
      run: (source) => runProgram(process.execPath, ["--input-type=module", "--eval", source], folder),
      publint: () => runTool("publint", [tarball, "--strict"]),
      areTheTypesWrong: () => runTool("attw", [tarball, "--profile", "esm-only"]),
      [Symbol.asyncDispose]: removed,
    };
  } catch (error) {
    await removed();
    throw error;
  }
}

async function packInto(folder: string, packageFolder: string): Promise<string> {
  await must(runProgram("pnpm", ["pack", "--pack-destination", folder], packageFolder));
  return onlyTarball(folder);
}

async function install(
  folder: string,
  tarball: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  const manifest = { name: "consumer", private: true, type: "module" };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  const wanted = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
  await must(
    runProgram("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball, ...wanted], folder),
  );
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

async function onlyTarball(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error(`pnpm pack left no tarball in ${folder}`);
  return join(folder, name);
}

async function must(running: Promise<Outcome>): Promise<void> {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
}
