import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, packInto } from "@onechat/packed";

const packages = fileURLToPath(new URL("../../../packages", import.meta.url));

/** Installs what an example needs: onechat's packages as they are in this tree, the rest from npm. */
export async function installExample(folder: string): Promise<void> {
  const tarballs = await mkdtemp(join(tmpdir(), "onechat-tarballs-"));
  try {
    const packed: string[] = [];
    for (const name of await ownDependencies(folder))
      packed.push(await packInto(tarballs, join(packages, basename(name))));
    // npm would keep what it installed before under the same version.
    await rm(join(folder, "node_modules/@onechat"), { recursive: true, force: true });
    await npmInstall(folder, ["--no-save", "--no-package-lock", ...packed]);
  } finally {
    await rm(tarballs, { recursive: true, force: true });
  }
}

async function ownDependencies(folder: string): Promise<readonly string[]> {
  const { dependencies } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return Object.keys(dependencies).filter((name) => name.startsWith("@onechat/"));
}
