import { createRequire } from "node:module";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium, needs } from "@onechat/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeReports } from "../../src/report/write-reports.ts";
import { failingRun, interruptedRun, passingRun } from "./synthetic-runs.ts";

const runs = { passing: passingRun, failing: failingRun, interrupted: interruptedRun };
const looks = [
  { run: "passing", width: 1_280, scheme: "light" },
  { run: "passing", width: 390, scheme: "dark" },
  { run: "failing", width: 1_280, scheme: "dark" },
  { run: "failing", width: 390, scheme: "light" },
  { run: "interrupted", width: 1_280, scheme: "light" },
] as const;

const browserProgram = findChromium(process.env);

describe("report.html in a browser", needs(browserProgram.missing), () => {
  let directory = "";
  let browser: Browser;
  let page: Page;
  let url = "";
  /** What went wrong: errors, messages, and attempts to load anything else. */
  let complaints: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "stress-page-"));
    for (const [name, run] of Object.entries(runs)) {
      const { result, history } = run();
      await writeReports(directory, result, history, null);
      await rename(join(directory, "report.html"), join(directory, `${name}.html`));
      await rename(join(directory, "junit.xml"), join(directory, `${name}.xml`));
    }
    browser = await chromium.launch({ executablePath: browserProgram.path, args: ["--no-sandbox"] });
    // The page's own policy would keep axe out.
    page = await browser.newPage({ bypassCSP: true });
    page.setDefaultTimeout(60_000);
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) complaints.push(`request: ${request.url()}`);
    });
  });

  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true });
  });

  it.each(looks)(
    "$run, $width px, $scheme: no complaint, no request, nothing too wide, and nothing that axe finds",
    async ({ run, width, scheme }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      url = pathToFileURL(join(directory, `${run}.html`)).href;
      complaints = [];
      await page.goto(url);
      const [needed, given] = await page.evaluate<[number, number]>(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
      );
      expect(needed).toBeLessThanOrEqual(given);
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core/axe.min.js") });
      const violations = await page.evaluate<readonly string[]>(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`))",
      );
      expect(violations).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  it("leads from an anomaly to its timeline, with its witnesses outlined", async () => {
    await page.goto(pathToFileURL(join(directory, "failing.html")).href);
    const link = page.locator('#anomalies a[href^="#key-"]').first();
    const target = (await link.getAttribute("href")) ?? "";
    expect(await page.locator(`${target} .op.witness`).count()).toBe(2);
    expect(await page.locator(`${target} .op title`).first().textContent()).toMatch(
      /^op \d+ w\d: ensure from/,
    );
  });

  it("reads the JUnit files as XML", async () => {
    for (const run of Object.keys(runs)) {
      const xml = await readFile(join(directory, `${run}.xml`), "utf8");
      const problems = await page.evaluate(
        `new DOMParser().parseFromString(${JSON.stringify(xml)}, "application/xml").querySelectorAll("parsererror").length`,
      );
      expect(problems).toBe(0);
    }
  });
});
