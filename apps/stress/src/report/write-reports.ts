import { statSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { History } from "../history/history.ts";
import type { StressResult } from "../measure/result.ts";
import { writeResult } from "../measure/result-file.ts";
import { htmlPage } from "./html-page.ts";
import { junitXml } from "./junit.ts";
import { summaryMarkdown } from "./markdown.ts";
import { type ReportView, viewOf } from "./view.ts";

export interface WrittenReports {
  readonly view: ReportView;
  readonly files: readonly string[];
  /** Why the step's summary could not be added to; it is another's file, and no reason to lose the reports. */
  readonly stepSummaryProblem: string | null;
}

/** GitHub refuses a step's summary above 1 MiB, and shows nothing of it. */
const summaryLimit = 1_000 * 1_024;

/**
 * Writes a run's result, and what people and machines read of it, into its directory. `stepSummary` is the file that a
 * CI shows as the summary of its step, if there is one.
 */
export async function writeReports(
  directory: string,
  result: StressResult,
  history: History | null,
  stepSummary: string | null,
): Promise<WrittenReports> {
  // First what cannot be had again.
  await writeResult(directory, result);
  const view = viewOf(result, history);
  const texts = {
    "junit.xml": junitXml(view),
    "summary.md": summaryMarkdown(view, summaryLimit),
    "report.html": htmlPage(view),
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(directory, name), text);
  const files = ["result.json", ...Object.keys(texts)].map((name) => join(directory, name));
  return { view, files, stepSummaryProblem: await stepSummaryProblem(stepSummary, view) };
}

async function stepSummaryProblem(path: string | null, view: ReportView): Promise<string | null> {
  if (path === null) return null;
  try {
    // The limit is that of the file, to which other commands of the step may have written.
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    await appendFile(path, summaryMarkdown(view, Math.max(summaryLimit - size, 0)));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
