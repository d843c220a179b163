import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

export const UnitResult = z.object({
  /** The tree that it was done with. */
  tree: z.string(),
  unit: z.string(),
  outcome: z.enum(["passed", "failed"]),
  seconds: z.number(),
  /** When it ended, as an ISO date. */
  endedAt: z.string(),
  /** The tests that failed, or what else went wrong. */
  failed: z.array(z.string()).readonly(),
});
export type UnitResult = z.infer<typeof UnitResult>;

const Reset = z.object({ tree: z.string(), reset: z.literal(true) });

const Line = z.union([UnitResult, Reset]);

/** What has become of the units, in a file that is only appended to: it survives a kill, and several may write it. */
export interface Results {
  /** The results of this tree, those of a unit in the order in which they came. */
  of(tree: string): Promise<ReadonlyMap<string, readonly UnitResult[]>>;
  add(result: UnitResult): Promise<void>;
  /** Forgets this tree's results. */
  reset(tree: string): Promise<void>;
}

export function resultsFile(path: string): Results {
  const append = async (line: z.infer<typeof Line>): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    // The first break ends a line that a kill has cut short.
    await appendFile(path, `\n${JSON.stringify(line)}\n`);
  };
  return {
    async of(tree) {
      const results = new Map<string, readonly UnitResult[]>();
      for (const line of (await textOf(path)).split("\n").flatMap(parsedLine)) {
        if (line.tree !== tree) continue;
        if ("reset" in line) results.clear();
        else results.set(line.unit, [...(results.get(line.unit) ?? []), line]);
      }
      return results;
    },
    add: append,
    reset: (tree) => append({ tree, reset: true }),
  };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

/** A line that a kill has cut short says nothing, and its unit is done again. */
function parsedLine(text: string): readonly z.infer<typeof Line>[] {
  try {
    return [Line.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
