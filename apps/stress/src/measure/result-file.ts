import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../usage-error.ts";
import { StressResult } from "./result.ts";

const fileName = "result.json";

export async function writeResult(directory: string, result: StressResult): Promise<void> {
  await writeFile(join(directory, fileName), `${JSON.stringify(result, null, 1)}\n`);
}

/** @throws UsageError where there is no such file, or another kind of one */
export async function readResult(directory: string): Promise<StressResult> {
  const path = join(directory, fileName);
  const text = await readFile(path, "utf8").catch(() => {
    throw new UsageError([`${path} cannot be read: is this the directory of a run?`]);
  });
  const parsed = StressResult.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new UsageError([`${path} is not the result of a run:\n${z.prettifyError(parsed.error)}`]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return "no JSON: it may have been cut short";
  }
}
