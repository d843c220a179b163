import { stat } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Page, type PageScreenshotOptions } from "playwright-core";

const calls = 30;
/** The first ones find a process and a page that have done nothing yet. */
const warmUps = 3;
const mostRaces = 30;

/** One race in the console, as it is seen by daylight and in the dark. Returns what was written. */
export async function takePictures(browser: string, url: string, folder: string): Promise<readonly string[]> {
  await using opened = await chromium.launch({ executablePath: browser, args: ["--no-sandbox"] });
  const page = await opened.newPage({ viewport: { width: 900, height: 1_000 }, deviceScaleFactor: 2 });
  await page.goto(url);
  await page.getByText("in place").waitFor();
  const verdict = await raceWorthSeeing(page);
  const written: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const path = join(folder, `race-${colorScheme}.png`);
    await page.screenshot({ path, clip: await placeOfLanes(page) });
    written.push(`${path}: ${Math.ceil((await stat(path)).size / 1_000)} kB, ${verdict}`);
  }
  return written;
}

/** Find-then-insert has luck at times, and then there is nothing to be seen. */
async function raceWorthSeeing(page: Page): Promise<string> {
  await page.getByLabel("Calls", { exact: true }).fill(String(calls));
  for (let race = 1; race <= mostRaces; race += 1) {
    await page.getByRole("button", { name: "Race" }).click();
    await page.getByText(/^onechat: 1 chat\./).waitFor();
    const verdict = (await page.locator("#race-verdict").textContent()) ?? "";
    if (race > warmUps && verdict.includes("of the same two users")) return verdict;
  }
  throw new Error(`find-then-insert made one chat in each of ${mostRaces} races`);
}

/** With as much around them as what comes next leaves room for. */
async function placeOfLanes(page: Page): Promise<NonNullable<PageScreenshotOptions["clip"]>> {
  const lanes = await page.locator("#lanes").boundingBox();
  const legend = await page.locator(".legend").boundingBox();
  if (lanes === null || legend === null) throw new Error("the console shows no lanes");
  const margin = 8;
  return {
    x: lanes.x - margin,
    y: lanes.y - margin,
    width: lanes.width + 2 * margin,
    height: legend.y + legend.height - lanes.y + 2 * margin,
  };
}
