/// <reference lib="dom" />
import { once } from "node:events";
import { wireProxy } from "@onechat/mongo/proxy";
import { testMongo } from "@onechat/mongo/testing";
import { findChromium, needs } from "@onechat/testing";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { consoleInBrowser } from "./console-page.ts";
import { settings, start } from "./running-api.ts";

const browserProgram = findChromium(process.env);

const raceButton = (page: Page) => page.getByRole("button", { name: "Race" });
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const bars = (page: Page, contestant: string) => page.locator(`#${contestant}-chart rect`);

async function race(page: Page, calls: number): Promise<void> {
  await field(page, "Calls").fill(String(calls));
  await raceButton(page).click();
  await page.getByText("onechat: 1 chat.").waitFor();
}

describe("a race in the console", needs(browserProgram.missing), () => {
  const { open } = consoleInBrowser(browserProgram);

  it("makes one chat of a hundred calls, and draws each of them and as many of find-then-insert", async () => {
    const { page, complaints } = await open();
    expect(await page.locator("#race-verdict").textContent()).toBe("No race yet.");
    for (const created of ["1", "2"]) {
      await race(page, 100);
      expect(await page.locator("#onechat-chats").textContent()).toBe("1 chat");
      expect(await page.locator("#onechat-counts").textContent()).toBe("1 created, 99 existing");
      expect(await page.locator("#onechat-chart rect.created").count()).toBe(1);
      expect(await page.locator("#onechat-chart rect.existing").count()).toBe(99);
      expect(await bars(page, "naive").count()).toBe(100);
      await page.locator("#calls-created", { hasText: created }).waitFor();
    }
    await page.locator("#calls-existing", { hasText: "198" }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("is drawn while it runs", async () => {
    const { page } = await open();
    let asked = 0;
    const held = new AbortController();
    await page.route("**/api/chats/create-or-get", async (route) => {
      asked += 1;
      if (asked === 10) await once(held.signal, "abort");
      await route.continue();
    });
    await field(page, "Calls").fill("10");
    await raceButton(page).click();
    await page.locator("#onechat-counts", { hasText: "1 created, 8 existing" }).waitFor();
    await page.locator("#naive-chart rect:nth-of-type(10)").waitFor({ state: "attached" });
    expect(await bars(page, "onechat").count()).toBe(9);
    expect(await raceButton(page).getAttribute("aria-disabled")).toBe("true");
    expect(await page.locator("#race-verdict").textContent()).toBe("The calls are on their way …");
    held.abort();
    await page.getByText("onechat: 1 chat.").waitFor();
    expect(await bars(page, "onechat").count()).toBe(10);
    await page.close();
  });

  it("shows the chats that find-then-insert makes of two users beside the one of onechat, and lists them", async () => {
    await using proxy = await wireProxy({ upstream: testMongo().uri });
    await using slow = await start(settings({ MONGODB_URI: proxy.uri, AUTH_DEV: "1", NODE_ENV: "test" }));
    const { page } = await open({ url: slow.url });
    await field(page, "User A").fill("grace");
    await field(page, "User B").fill("heidi");
    await page.locator("#naive-newest", { hasText: "None yet" }).waitFor();
    using held = proxy.rule({
      commands: ["insert"],
      collections: ["console_naive_chats"],
      times: "always",
      fault: "hold",
    });
    await field(page, "Calls").fill("20");
    await raceButton(page).click();
    // Two have looked, and neither saw the other's chat.
    await held.reached(2);
    held.lift();
    await page
      .getByText(/^onechat: 1 chat\. Find, then insert: [2-6] chats of the same two users\.$/)
      .waitFor();
    const created = await page.locator("#naive-chart rect.created").count();
    expect(created).toBeGreaterThanOrEqual(2);
    expect(await page.locator("#naive-chats").textContent()).toBe(`${created} chats`);
    const spans = await page.locator("#naive-chart rect.created").evaluateAll(spansOf);
    const [first, second] = spans.toSorted((a, b) => a.from - b.from);
    expect(second?.from).toBeLessThan(first?.to ?? 0);
    const listed = (contestant: string) =>
      page.locator(`#${contestant}-newest tr`, { hasText: "grace, heidi" });
    await listed("naive")
      .nth(created - 1)
      .waitFor();
    expect([await listed("onechat").count(), await listed("naive").count()]).toEqual([1, created]);
    await page.close();
  });

  it("says so when find-then-insert had luck, or when the chat was there already", async () => {
    const { page } = await open();
    for (const end of ["1 chat as well, this time.", "1 chat."]) {
      await field(page, "User A").fill("ivan");
      await field(page, "User B").fill("judy");
      await race(page, 1);
      expect(await page.locator("#race-verdict").textContent()).toBe(
        `onechat: 1 chat. Find, then insert: ${end}`,
      );
    }
    await page.close();
  });

  it("says why calls were refused", async () => {
    const { page } = await open();
    await page.route("**/console/naive-chats", (route) => route.abort());
    await race(page, 3);
    expect(await page.locator("#race-verdict").textContent()).toMatch(
      /^onechat: 1 chat\. Find, then insert: 0 chats\. Refused: \S/,
    );
    expect(await page.locator("#naive-chart rect.refused").count()).toBe(3);
    await page.close();
  });

  it("is run under the names that somebody gave, offers others for the next one, and keeps the focus", async () => {
    const { page } = await open();
    await field(page, "Calls").fill("10");
    for (const counts of ["1 created, 9 existing", "0 created, 10 existing"]) {
      await field(page, "User A").fill("erin");
      await field(page, "User B").fill("frank");
      await raceButton(page).focus();
      await page.keyboard.press("Enter");
      await page.getByText("onechat: 1 chat.").waitFor();
      expect(await page.locator("#onechat-counts").textContent()).toBe(counts);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("race-start");
      expect(await field(page, "User A").inputValue()).toMatch(/^erin-\d{6}$/);
      expect(await field(page, "User B").inputValue()).toMatch(/^frank-\d{6}$/);
    }
    await page.close();
  });

  it.each([
    { label: "User A", text: "", flaw: "A name is missing." },
    { label: "User B", text: "x".repeat(257), flaw: "A name has at most 256 characters; this one has 257." },
    { label: "User B", text: "a\u{7}b", flaw: "A name holds no control characters, such as tabs." },
    { label: "Calls", text: "1001", flaw: "A whole number from 1 to 1,000." },
  ])("says at $label what is wrong with it, and does not begin: $flaw", async ({ label, text, flaw }) => {
    const { page, complaints } = await open();
    const wrong = field(page, label);
    await wrong.fill(text);
    await page.route("**/{create-or-get,naive-chats}", (route) => route.abort());
    await raceButton(page).click();
    const described = (await wrong.getAttribute("aria-describedby")) ?? "";
    expect(await page.locator(`#${described}`).textContent()).toBe(flaw);
    expect(await wrong.getAttribute("aria-invalid")).toBe("true");
    expect(await wrong.evaluate((element) => element === document.activeElement)).toBe(true);
    await wrong.fill("7");
    expect(await page.locator(`#${described}`).textContent()).toBe("");
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(0);
    expect(await page.locator("#race-verdict").textContent()).toBe("No race yet.");
    expect(complaints).toEqual([]);
    await page.close();
  });
});

/** From where to where bars go; drawn as they were, two that met share a moment. */
function spansOf(elements: readonly Element[]): readonly { readonly from: number; readonly to: number }[] {
  return elements.map((element) => {
    const [x = 0, width = 0] = ["x", "width"].map((name) => Number(element.getAttribute(name)));
    return { from: x, to: x + width };
  });
}
