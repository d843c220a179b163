/// <reference lib="dom" />
import { findChromium, needs } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import { axeViolations, consoleInBrowser } from "./console-page.ts";
import { settings, start } from "./running-api.ts";
import { testToken } from "./test-tokens.ts";

const browserProgram = findChromium(process.env);

describe("the console, in a browser", needs(browserProgram.missing), () => {
  const { open, url } = consoleInBrowser(browserProgram);

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
    await page.getByText("onechat: 1 chat.").waitFor();
    expect(await page.locator("#onechat-counts").textContent()).toBe("1 created, 19 existing");
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
      const { page } = await open({ colorScheme });
      await page.getByText("in place").waitFor();
      for (const control of await page.locator("input:visible, button:visible").all())
        expect(await control.evaluate(nameOf)).not.toBe("");
      const contrasts = await page.locator("dt, dd, p, label, h2, button").evaluateAll(contrastsOf);
      expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
      await page.close();
    }
  });

  it.each(["light", "dark"] as const)(
    "leaves nothing to axe before a race, after one and with wrong names, nor anything too wide for a phone: %s",
    async (colorScheme) => {
      const { page, complaints } = await open({ colorScheme, width: 360 });
      await page.getByText("in place").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole("button", { name: "Race" }).click();
      await page.getByText("onechat: 1 chat.").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page.getByLabel("User A", { exact: true }).fill("");
      await page.getByRole("button", { name: "Race" }).click();
      await page.getByText("A name is missing.").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(widths).toEqual([360, 360]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it("shows how long the server took for its status, and not the browser", async () => {
    const { page } = await open();
    await page.getByText(/^now \d/).waitFor();
    await page.route("**/trpc/admin.status", async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers(), "server-timing": 'total;dur=4321;desc="from 1"' };
      await route.fulfill({ response, headers });
    });
    await page.getByText("now 4321 ms").waitFor();
    expect(await page.locator("#times-text").textContent()).toBe("now 4321 ms, longest 4321 ms");
    await page.close();
  });

  it("asks for a token where none is handed out, and shows nothing without", async () => {
    await using closed = await start(settings({ CONSOLE: "1" }));
    const { page } = await open({ url: closed.url });
    await page.getByLabel(/A token with scope/).fill(await testToken({ scope: "chat:any" }));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("this takes a token with scope chat:admin").waitFor();
    expect(await page.locator("#index").textContent()).toBe("…");
    expect(await page.locator("#naive-lane, #newest").filter({ visible: true }).count()).toBe(0);
    await page.getByLabel(/A token with scope/).fill(await testToken({ scope: "chat:admin" }));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("in place").waitFor();
    await page.close();
  });

  it("is not there unless it is asked for", async () => {
    await using without = await start(settings());
    expect((await fetch(without.url)).status).toBe(404);
    const headers = (await fetch(url())).headers.get("content-security-policy");
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
