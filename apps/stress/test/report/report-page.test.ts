import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findChromium, needs } from "@onechat/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeReports } from "../../src/report/write-reports.ts";
import { failingRun, interruptedRun, passingRun } from "./synthetic-runs.ts";

const runs = { passing: passingRun, failing: failingRun, interrupted: interruptedRun };

interface Look {
  readonly run: keyof typeof runs;
  readonly width: number;
  readonly scheme: "light" | "dark";
}

const wide = { width: 1_280, scheme: "light" } as const;

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
      const { html, junit } = await writeReports(directory, result, history, { stepSummary: null });
      await rename(html, join(directory, `${name}.html`));
      await rename(junit, join(directory, `${name}.xml`));
    }
    browser = await chromium.launch({ executablePath: browserProgram.path, args: ["--no-sandbox"] });
    page = await browser.newPage();
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) complaints.push(`request: ${request.url()}`);
    });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true });
  });

  async function open({ run, width, scheme }: Look): Promise<void> {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    url = pathToFileURL(join(directory, `${run}.html`)).href;
    complaints = [];
    await page.goto(url);
  }

  /** How many pixels of a chart are not empty. */
  const drawnPixels = (plot: string): Promise<number> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector('[data-plot="${plot}"] canvas');
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, i) => i % 4 === 3 && value > 0).length;
    })()`);

  const imageOf = (plot: string): Promise<string> =>
    page.evaluate(`document.querySelector('[data-plot="${plot}"] canvas').toDataURL()`);

  const looks: readonly Look[] = [
    { run: "passing", width: 1_280, scheme: "light" },
    { run: "passing", width: 390, scheme: "dark" },
    { run: "failing", width: 1_280, scheme: "dark" },
    { run: "failing", width: 390, scheme: "light" },
    { run: "interrupted", width: 1_280, scheme: "light" },
    { run: "interrupted", width: 390, scheme: "dark" },
  ];

  it.each(looks)(
    "opens: $run, $width px, $scheme; no complaint, no request, nothing too wide",
    async (look) => {
      await open(look);
      const [needed, given] = await page.evaluate<[number, number]>(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
      );
      expect(needed).toBeLessThanOrEqual(given);
      expect(complaints).toEqual([]);
    },
  );

  it("draws its charts, and again in other colours when the theme is changed", async () => {
    await open({ ...wide, run: "passing" });
    for (const plot of ["curves", "latency", "throughput", "trouble"])
      expect(await drawnPixels(plot)).toBeGreaterThan(1_000);
    const ground = (): Promise<string> =>
      page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    const [light, lightCurves] = [await ground(), await imageOf("curves")];
    const toggle = page.getByRole("button", { name: /^Theme: / });
    await toggle.click();
    await toggle.click();
    expect(await toggle.textContent()).toBe("Theme: dark");
    expect(await ground()).not.toBe(light);
    expect(await imageOf("curves")).not.toBe(lightCurves);
    await page.reload();
    expect(await toggle.textContent()).toBe("Theme: dark");
    await page.evaluate("localStorage.clear()");
  });

  it("shows other paths and percentiles over time", async () => {
    await open({ ...wide, run: "passing" });
    const images = new Set([await imageOf("latency")]);
    for (const name of ["domain", "median"]) {
      await page.getByRole("radio", { name }).check();
      images.add(await imageOf("latency"));
    }
    expect(images.size).toBe(3);
    expect(complaints).toEqual([]);
  });

  it("walks through the timeline of a key by keyboard", async () => {
    await open({ ...wide, run: "failing" });
    const detail = page.locator(".detail h3");
    await page.getByRole("application").focus();
    expect(await detail.textContent()).toBe("Call 1: ensure");
    const visited: (string | null)[] = [];
    for (const key of ["w", "End", "ArrowLeft", "Home", "ArrowRight", "ArrowDown"]) {
      await page.keyboard.press(key);
      visited.push(await detail.textContent());
    }
    expect(visited[0]).toBe("Call 2: ensure");
    expect(new Set(visited).size).toBe(6);
    expect(await page.locator(".selected-ring").count()).toBe(1);
    await page.keyboard.press("a");
    const bars = await page.locator(".canvas .op").count();
    for (let i = 0; i < 6; i += 1) await page.keyboard.press("+");
    expect(await page.locator(".canvas .op").count()).toBeLessThan(bars);
  });

  it("leads from an anomaly to its key, with its witnesses outlined", async () => {
    await open({ ...wide, run: "failing" });
    const link = page.locator("#anomalies a[data-show-timeline]").nth(3);
    const key = (await link.textContent())?.trim();
    const shown = page.locator(".timeline .facts dd").first();
    expect(await shown.textContent()).not.toBe(key);
    await link.click();
    expect(await shown.textContent()).toBe(key);
    expect(await page.locator(".canvas .witness-ring").count()).toBe(2);
    await page.getByRole("button", { name: "Next key" }).click();
    expect(await shown.textContent()).not.toBe(key);
  });

  it("draws as text what is hostile in the history", async () => {
    await open({ ...wide, run: "failing" });
    expect(await page.locator(".timeline").textContent()).toContain('<script>alert("key")</script>');
    expect(await page.locator("main script, main img").count()).toBe(0);
  });

  it("copies the command that runs it again", async () => {
    await open({ ...wide, run: "passing" });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe("pnpm stress run ci --seed 7");
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
