import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const examples = ["examples", ...foldersOf("examples")].map((folder) => join(folder, "README.md"));
const documentation = ["README.md", "CONTRIBUTING.md", ...markdownOf("docs"), ...examples];

function foldersOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

function markdownOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
}

function textOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const titles = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Links within the repository; `../../actions` is GitHub's own page. */
function linksOf(page: string): readonly string[] {
  const text = textOf(page).replaceAll(/^```[^]*?^```$/gm, "");
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)];
  return targets
    .map(([, link = "", source = ""]) => link || source)
    .filter((target) => !/^https?:|^\.\.\/\.\.\/actions\//.test(target));
}

function isBroken(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && !anchorsOf(target).has(anchor);
}

describe("the documentation", () => {
  it.each(documentation)("%s leads to pages and headings that are there", (page) => {
    expect(linksOf(page).filter((link) => isBroken(page, link))).toEqual([]);
  });

  it("lists each of its pages in its contents", () => {
    const contents = new Set(linksOf("docs/README.md").map((link) => join("docs", link)));
    expect(markdownOf("docs").filter((page) => page !== "docs/README.md" && !contents.has(page))).toEqual([]);
  });

  it("begins with a README that is read in minutes, and names the two commands", () => {
    const readme = textOf("README.md");
    expect(readme.split("\n").length).toBeLessThanOrEqual(116);
    expect(readme).toMatch(/^npm start\b/m);
    expect(readme).toMatch(/^npm test\b/m);
  });

  it("shows a race for light and for dark pages, small enough to be there at once", () => {
    const pictures = linksOf("README.md").filter((link) => link.endsWith(".png"));
    expect(pictures.toSorted()).toEqual(["docs/race-dark.png", "docs/race-light.png"]);
    for (const picture of pictures) expect(statSync(join(root, picture)).size).toBeLessThan(80_000);
  });
});
