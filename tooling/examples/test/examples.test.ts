import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exampleFolder, exampleNames } from "../src/example-folders.ts";
import { blocksOf } from "./example-copy.ts";

function textOf(name: string, file: string): string {
  return readFileSync(join(exampleFolder(name), file), "utf8");
}

describe.each(exampleNames)("the example %s", (name) => {
  const { dependencies } = JSON.parse(textOf(name, "package.json")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const readme = textOf(name, "README.md");

  it("begins with its installation and a database", () => {
    const [install, database] = blocksOf(readme, "sh");
    expect(install).toBe(`npm run example -- ${name}\n`);
    expect(["npm run mongo -- --port 27017\n", "npm start\n"]).toContain(database);
  });

  it("is in the list of examples, and has tests", () => {
    expect(readFileSync(new URL("../../../examples/README.md", import.meta.url), "utf8")).toContain(
      `[${name}](${name})`,
    );
    expect(readdirSync(new URL(".", import.meta.url))).toContain(`${name}.thorough.test.ts`);
  });

  it("asks for versions of onechat's packages that are these", () => {
    const own = Object.keys(dependencies).filter((dependency) => dependency.startsWith("@onechat/"));
    expect(own.length).toBeGreaterThan(0);
    for (const dependency of own) {
      const manifest = new URL(
        `../../../packages/${dependency.replace("@onechat/", "")}/package.json`,
        import.meta.url,
      );
      const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
      expect(dependencies[dependency]).toBe(`^${version}`);
    }
  });
});
