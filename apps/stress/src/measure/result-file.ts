import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { StressResult } from "./result.ts";

const fileName = "result.json";

export async function writeResult(directory: string, result: StressResult): Promise<void> {
  await writeFile(join(directory, fileName), `${JSON.stringify(result, null, 1)}\n`);
}

/** Fails with a text for people where there is no such file, or another kind of one. */
export async function readResult(directory: string): Promise<StressResult> {
  const path = join(directory, fileName);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new Error(`${path} cannot be read: is this the directory of a run?`, { cause: error });
  });
  return parseResult(path, text);
}

function parseResult(path: string, text: string): StressResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: it may have been cut short`, { cause: error });
  }
  const parsed = StressResult.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`${path} is not the result of a run:\n${z.prettifyError(parsed.error)}`);
}
