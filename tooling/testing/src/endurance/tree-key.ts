import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The commit that is checked out, with a digest of what was changed since. Results hold for one tree, not for the next.
 *
 * @throws Error when the folder is no clone
 */
export async function treeKey(root: string): Promise<string> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await run("git", [...args], { cwd: root, maxBuffer: 2 ** 28 })).stdout;
  const commit = (await git("rev-parse", "HEAD")).trim();
  const changed = `${await git("status", "--porcelain")}${await git("diff", "HEAD")}`;
  return changed === ""
    ? commit
    : `${commit}+${createHash("sha256").update(changed).digest("hex").slice(0, 8)}`;
}

/** A number of the tree's own: what is drawn at random is drawn again when the same tree goes on. */
export function seedOfTree(key: string): number {
  return Number.parseInt(key.slice(0, 7), 16);
}
