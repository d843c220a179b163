import { appendFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { History } from "../history/history.ts";
import { writeResult } from "../result/result-file.ts";
import type { StressResult } from "../result/stress-result.ts";
import { historyFacts, type HistoryFacts, noFacts } from "./history/history-facts.ts";
import { pageAssets } from "./html/page-assets.ts";
import { reportHtml } from "./html/report-html.ts";
import { junitXml } from "./junit.ts";
import { summaryMarkdown } from "./summary.ts";

export interface ReportOptions {
  /** The file that a CI shows as the summary of its step; `null` where there is none. */
  readonly stepSummary: string | null;
}

export interface ReportFiles {
  readonly result: string;
  readonly junit: string;
  readonly summary: string;
  readonly html: string;
  /** Why the step's summary could not be added to; it is another's file, and no reason to lose the reports. */
  readonly stepSummaryProblem: string | null;
}

const kibibyte = 1_024;
/** GitHub refuses a step's summary above 1 MiB, and shows nothing of it. */
const summaryLimit = 1_000 * kibibyte;
const htmlLimit = 1_900 * kibibyte;

/** Writes a run's result, and what people and machines read of it, into its directory. */
export async function writeReports(
  directory: string,
  result: StressResult,
  history: History | null,
  { stepSummary }: ReportOptions,
): Promise<ReportFiles> {
  const files = {
    result: join(directory, "result.json"),
    junit: join(directory, "junit.xml"),
    summary: join(directory, "summary.md"),
    html: join(directory, "report.html"),
  };
  // First what cannot be had again.
  await writeResult(directory, result);
  const facts = history === null ? noFacts : historyFacts(history, result, 12_000);
  await writeFile(files.junit, junitXml(result, facts.witnesses));
  await writeFile(files.summary, summaryMarkdown(result, summaryLimit));
  await writeFile(files.html, fittingHtml(result, facts));
  return { ...files, stepSummaryProblem: await stepSummaryProblem(stepSummary, result) };
}

/** Timelines are the only part that can be large: the least important ones go. */
function fittingHtml(result: StressResult, facts: HistoryFacts): string {
  const assets = pageAssets();
  let { timelines } = facts;
  let page = reportHtml(result, facts, assets);
  while (Buffer.byteLength(page) > htmlLimit && timelines.length > 0) {
    timelines = timelines.slice(0, Math.floor(timelines.length / 2));
    page = reportHtml(result, { ...facts, timelines }, assets);
  }
  return page;
}

async function stepSummaryProblem(path: string | null, result: StressResult): Promise<string | null> {
  try {
    if (path !== null) await appendSummary(path, result);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The limit is that of the file, to which other commands of the step may have written. */
async function appendSummary(path: string, result: StressResult): Promise<void> {
  const size = await stat(path).then(
    (file) => file.size,
    () => 0,
  );
  await appendFile(path, summaryMarkdown(result, Math.max(summaryLimit - size, 0)));
}
