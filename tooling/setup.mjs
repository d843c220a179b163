// Gets a fresh clone to the point where every other script works: checks Node, fetches pnpm, installs.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const windows = process.platform === "win32";

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `onechat needs Node 20.19 or newer; this is ${process.version}. Install one from https://nodejs.org.`,
  );
  process.exit(1);
}

/** The installed pnpm once there is one; before that npx fetches the version the workspace pins. */
function pnpmCommand() {
  const local = join(root, "node_modules", ".bin", windows ? "pnpm.cmd" : "pnpm");
  if (existsSync(local)) return [local];
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return ["npx", "--yes", packageManager];
}

function install() {
  const [command, ...prefix] = pnpmCommand();
  const args = [...prefix, "install", "--frozen-lockfile", "--prefer-offline"];
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell: windows });
  if (status === 0) return;
  console.error(
    `Installing failed${error ? ` (${error.message})` : ""}: "${command} ${args.join(" ")}". Is the npm registry reachable?`,
  );
  process.exit(status ?? 1);
}

refuseOldNode();
install();
