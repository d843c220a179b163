import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../usage-error.ts";

/** Where a run leaves its results. */
export interface RunPlace {
  readonly directory: string;
  readonly historyPath: string;
  /** @throws UsageError when there can be no such directory */
  readonly make: () => Promise<void>;
}

/** @throws UsageError when another run has its results there */
export async function runPlace(directory: string): Promise<RunPlace> {
  const historyPath = join(directory, "history.ndjson.gz");
  if (await exists(historyPath))
    throw new UsageError([`--out ${directory}: holds the results of a run; name another directory`]);
  return {
    directory,
    historyPath,
    async make() {
      try {
        await mkdir(directory, { recursive: true });
      } catch (error) {
        const why = error instanceof Error && "code" in error ? String(error.code) : "no reason given";
        throw new UsageError([`--out ${directory}: cannot be made (${why})`]);
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
