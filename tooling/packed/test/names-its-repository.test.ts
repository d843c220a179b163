import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const guard = join(root, "tooling/names-its-repository.mjs");

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly repository?: { readonly url: string; readonly directory: string };
}

const published = ["apps", "packages", "tooling"]
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((folder) => !folder.endsWith(".mjs"))
  .map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest,
  }))
  .filter(({ manifest }) => manifest.private !== true);

async function guarded(url: string, workflowOf?: string): Promise<number | null> {
  const folder = await mkdtemp(join(tmpdir(), "onechat-manifest-"));
  try {
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "x", repository: { url } }));
    const env = workflowOf === undefined ? {} : { GITHUB_REPOSITORY: workflowOf };
    return spawnSync(process.execPath, [guard], { cwd: folder, env }).status;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("a package that is published", () => {
  it("is refused until it names the repository that it is published from", async () => {
    expect(await guarded("git+https://github.com/OWNER/onechat.git")).toBe(1);
    expect(await guarded("git+https://github.com/OWNER/onechat.git", "someone/onechat")).toBe(1);
    expect(await guarded("git+https://github.com/another/onechat.git", "someone/onechat")).toBe(1);
    expect(await guarded("git+https://github.com/someone/onechat.git", "someone/onechat")).toBe(0);
    expect(await guarded("git+https://github.com/someone/onechat.git")).toBe(0);
  });

  it("is guarded, has its place in the repository, and is packed by the release workflow and versioned with the others", () => {
    const workflow = readFileSync(join(root, ".github/workflows/release.yml"), "utf8");
    const changesets = readFileSync(join(root, ".changeset/config.json"), "utf8");
    expect(published.map(({ manifest }) => manifest.name).toSorted()).toEqual(
      ["api", "chat-client", "chat-domain", "chat-router", "migrator", "mongo", "stress"].map(
        (name) => `@onechat/${name}`,
      ),
    );
    for (const { folder, manifest } of published) {
      expect(manifest.repository?.directory).toBe(folder);
      expect(manifest.scripts).toMatchObject({
        prepack: "node ../../tooling/only-pnpm-packs.mjs",
        prepublishOnly: "node ../../tooling/names-its-repository.mjs",
      });
      const all = `"./${dirname(folder)}/*"`;
      expect(workflow).toContain(workflow.includes(all) ? all : `"${manifest.name}"`);
      expect(changesets).toContain(`"${manifest.name}"`);
    }
  });
});
