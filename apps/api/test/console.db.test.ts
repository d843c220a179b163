/// <reference lib="dom" />
import { findChromium, needs } from "@onechat/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningApi, settings, start } from "./running-api.ts";
import { testToken } from "./test-tokens.ts";

const browserProgram = findChromium(process.env);

/** What the page says when nobody looks: errors, and requests that its policy or the server refused. */
interface Complaints {
  readonly page: Page;
  readonly complaints: readonly string[];
}

describe("the console, in a browser", needs(browserProgram.missing), () => {
  let browser: Browser;
  let api: RunningApi;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: browserProgram.path,
      args: ["--no-sandbox"],
      timeout: 120_000,
    });
    api = await start(settings({ AUTH_DEV: "1", NODE_ENV: "test" }));
  });
  afterAll(async () => {
    await browser.close();
    await api[Symbol.asyncDispose]();
  });

  async function open(url = api.url, colorScheme: "light" | "dark" = "light"): Promise<Complaints> {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1200, height: 1100 } });
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

  it("races a hundred calls to one chat, and draws each of them", async () => {
    const { page, complaints } = await open();
    await page.getByLabel("Calls", { exact: true }).fill("100");
    await page.getByRole("button", { name: "Race" }).click();
    await page.getByText("1 chat, 1 created, 99 existing").waitFor();
    expect(await page.locator("#race-chart rect.created").count()).toBe(1);
    expect(await page.locator("#race-chart rect.existing").count()).toBe(99);
    await page.getByRole("button", { name: "Race" }).click();
    await page.waitForFunction(() => document.querySelector("#calls-created")?.textContent === "2");
    await page.getByText("1 chat, 1 created, 99 existing").waitFor();
    await page.waitForFunction(() => document.querySelector("#calls-existing")?.textContent === "198");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("races under the names that somebody gave, offers others for the next race, and keeps the focus", async () => {
    const { page } = await open();
    await page.getByLabel("Calls", { exact: true }).fill("10");
    const button = page.getByRole("button", { name: "Race" });
    for (const created of [1, 0]) {
      await page.getByLabel("User A", { exact: true }).fill("erin");
      await page.getByLabel("User B", { exact: true }).fill("frank");
      await button.focus();
      await page.keyboard.press("Enter");
      await page.getByText(`1 chat, ${created} created, ${10 - created} existing`).waitFor();
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("race-start");
      expect(await page.getByLabel("User A", { exact: true }).inputValue()).toMatch(/^erin-\d{6}$/);
      expect(await page.getByLabel("User B", { exact: true }).inputValue()).toMatch(/^frank-\d{6}$/);
    }
    await page.close();
  });

  it("is worked with the keyboard alone", async () => {
    const { page } = await open();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the race");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("carol");
    for (const text of ["dave", "20"]) {
      await page.keyboard.press("Tab");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type(text);
    }
    await page.keyboard.press("Enter");
    await page.getByText("1 chat, 1 created, 19 existing").waitFor();
    await page.close();
  });

  it("tells how the index and the chats are", async () => {
    const { page, complaints } = await open();
    await page.getByText("in place").waitFor();
    await page.getByRole("button", { name: "Audit" }).click();
    await page.getByText("no problems found").waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("names everything that can be worked with, in light and in dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await open(api.url, colorScheme);
      await page.getByText("in place").waitFor();
      for (const control of await page.locator("input:visible, button:visible").all())
        expect(await control.evaluate(nameOf)).not.toBe("");
      const contrasts = await page.locator("dt, dd, p, label, h2, button").evaluateAll(contrastsOf);
      expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
      await page.close();
    }
  });

  it("asks for a token where none is handed out, and shows nothing without", async () => {
    await using closed = await start(settings({ CONSOLE: "1" }));
    const { page } = await open(closed.url);
    await page.getByLabel(/A token with scope/).fill(await testToken({ scope: "chat:any" }));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("this takes a token with scope chat:admin").waitFor();
    expect(await page.locator("#index").textContent()).toBe("…");
    await page.getByLabel(/A token with scope/).fill(await testToken({ scope: "chat:admin" }));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("in place").waitFor();
    await page.close();
  });

  it("is not there unless it is asked for", async () => {
    await using without = await start(settings());
    expect((await fetch(without.url)).status).toBe(404);
    const headers = (await fetch(api.url)).headers.get("content-security-policy");
    expect(headers).toMatch(/default-src 'none'; script-src 'self'/);
    expect(headers).not.toMatch(/unsafe|\*/);
  });
});

function nameOf(element: Element): string {
  const { labels } = element as HTMLInputElement;
  return [...(labels ?? [])].map((label) => label.textContent).join(" ") || (element.textContent ?? "");
}

/** Of text to what is behind it, by WCAG 2.2's formula. */
function contrastsOf(elements: readonly Element[]): readonly number[] {
  const luminance = (color: string): number => {
    const channels = (color.match(/\d+(\.\d+)?/g) ?? []).slice(0, 3).map((text) => Number(text) / 255);
    const [red = 0, green = 0, blue = 0] = channels.map((value) =>
      value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element | null): string => {
    if (element === null) return "rgb(255, 255, 255)";
    const { backgroundColor } = getComputedStyle(element);
    return backgroundColor === "rgba(0, 0, 0, 0)" ? behind(element.parentElement) : backgroundColor;
  };
  return elements.map((element) => {
    const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  });
}
