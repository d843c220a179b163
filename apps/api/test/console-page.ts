import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Chromium } from "@onechat/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type RunningApi, settings, start } from "./running-api.ts";

export interface PageOptions {
  /** Of another API than the block's own. */
  readonly url?: string;
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
}

export interface OpenedPage {
  readonly page: Page;
  /** What the page says when nobody looks: errors, and requests that its policy or the server refused. */
  readonly complaints: readonly string[];
}

export interface ConsoleInBrowser {
  readonly url: () => string;
  readonly open: (options?: PageOptions) => Promise<OpenedPage>;
}

/** A browser, and an API that has its console, for all tests of the block in which this is called. */
export function consoleInBrowser({ path }: Chromium): ConsoleInBrowser {
  let browser: Browser;
  let api: RunningApi;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"], timeout: 120_000 });
    api = await start(settings({ AUTH_DEV: "1", NODE_ENV: "test" }));
  });
  afterAll(async () => {
    await browser.close();
    await api[Symbol.asyncDispose]();
  });
  return {
    url: () => api.url,
    open: (options) => openPage(browser, { url: api.url, ...options }),
  };
}

async function openPage(
  browser: Browser,
  { url, colorScheme = "light", width = 1_200 }: PageOptions & { readonly url: string },
): Promise<OpenedPage> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 1_100 } });
  page.setDefaultTimeout(120_000);
  const complaints: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  page.on("pageerror", ({ message }) => void complaints.push(message));
  page.on("request", (request) => {
    const elsewhere = !request.url().startsWith(url) && !request.url().startsWith("data:");
    if (elsewhere) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

/** What axe finds, each with the first element that has it. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // Evaluated from outside, so that the page's policy stays as it is.
  await page.evaluate(axe);
  return page.evaluate<readonly string[]>(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`))",
  );
}
