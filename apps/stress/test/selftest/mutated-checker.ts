import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CrossCheck, CrossCheckInput } from "./cross-check.ts";

/** One change to the checker's source, as somebody might make it. */
export interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The cross-check of a copy of the sources in which the checker has been changed. */
export interface MutatedChecker extends AsyncDisposable {
  readonly crossCheck: (input: CrossCheckInput) => CrossCheck;
}

const packageDirectory = new URL("../..", import.meta.url).pathname;

/** @throws Error when the source no longer says what is to be changed */
export async function mutatedChecker({ file, from, to }: Mutation): Promise<MutatedChecker> {
  const directory = await mkdtemp(join(tmpdir(), "mutated-checker-"));
  const parts = ["src/checker", "src/history", "src/measure", "src/seeded-random.ts", "test/selftest"];
  for (const part of parts)
    await cp(join(packageDirectory, part), join(directory, part), { recursive: true });
  await symlink(join(packageDirectory, "node_modules"), join(directory, "node_modules"));
  const path = join(directory, "src", "checker", file);
  const source = await readFile(path, "utf8");
  if (source.split(from).length !== 2) throw new Error(`${file} does not say "${from}" exactly once`);
  await writeFile(path, source.replace(from, to));
  const { crossCheck } = (await import(
    join(directory, "test", "selftest", "cross-check.ts")
  )) as MutatedChecker;
  return { crossCheck, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}
