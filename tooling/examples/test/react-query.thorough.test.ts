import { findChromium, freePort, needs } from "@onechat/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DevelopmentApi, developmentApi } from "./development-api.ts";
import { type ExampleCopy, exampleCopy } from "./example-copy.ts";
import { type ExampleDatabase, exampleDatabase } from "./example-database.ts";

const browserProgram = findChromium(process.env);

describe("the example with React and TanStack Query", () => {
  let database: ExampleDatabase;
  let api: DevelopmentApi;
  let example: ExampleCopy;
  beforeAll(async () => {
    database = exampleDatabase("react-query");
    api = await developmentApi(database);
    example = await exampleCopy("react-query", { VITE_API_URL: api.url });
  });
  afterAll(async () => {
    await example[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it("compiles and is bundled", async () => {
    expect(await example.paste("npm run --silent build")).toMatchObject({ code: 0 });
  });

  it("opens one chat from two pages at the same moment", needs(browserProgram.missing), async () => {
    const port = String(await freePort());
    const [, , dev = "", ...others] = example.commands;
    expect(others).toEqual([]);
    await using server = example.start(dev.replace("npm run dev", `npm run dev -- --port ${port}`));
    await server.answers(`http://localhost:${port}`);
    const browser: Browser = await chromium.launch({
      executablePath: browserProgram.path,
      args: ["--no-sandbox"],
      timeout: 120_000,
    });
    try {
      const complaints: string[] = [];
      const open = async (query: string): Promise<Page> => {
        const page = await browser.newPage();
        page.setDefaultTimeout(120_000);
        page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
        page.on("pageerror", ({ message }) => void complaints.push(message));
        await page.goto(`http://localhost:${port}/${query}`);
        return page;
      };
      const [alice, bob] = [await open(""), await open("?me=bob")];
      await alice.getByLabel("With").fill("bob");
      await bob.getByLabel("With").fill("alice");
      const press = (page: Page): Promise<void> => page.getByRole("button", { name: "Open chat" }).click();
      await Promise.all([alice, bob].map(press));

      const told = await Promise.all([alice, bob].map((page) => page.getByRole("status").textContent()));
      expect(told.filter((text) => text?.endsWith(" is new"))).toHaveLength(1);
      expect(told.filter((text) => text?.endsWith(" existed already"))).toHaveLength(1);
      expect(new Set(told.map((text) => text?.split(" ")[0])).size).toBe(1);
      await alice.getByRole("listitem").filter({ hasText: "bob" }).waitFor();
      await bob.getByRole("listitem").filter({ hasText: "alice" }).waitFor();
      expect(await alice.getByRole("listitem").count()).toBe(1);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
