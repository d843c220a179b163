import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "./run-program.ts";

/** Packs the package in a folder; gives the path of its tarball in `destination`. */
export async function packInto(destination: string, packageFolder: string): Promise<string> {
  const before = new Set(await tarballsIn(destination));
  await mustRun("pnpm", ["pack", "--pack-destination", destination], packageFolder);
  const made = (await tarballsIn(destination)).find((file) => !before.has(file));
  if (made === undefined) throw new Error(`pnpm pack left no tarball in ${destination}`);
  return join(destination, made);
}

async function tarballsIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
}

/** Installs what npm is told, beside what the project in the folder names itself. */
export function npmInstall(folder: string, wanted: readonly string[]): Promise<void> {
  return mustRun("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...wanted], folder);
}
