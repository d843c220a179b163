// Builds the migrator if need be and becomes it: one process, so that signals and exit codes are its own.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const turbo = fileURLToPath(new URL("../node_modules/.bin/turbo", import.meta.url));
const build = ["run", "build", "--filter=@onechat/migrator...", "--output-logs=errors-only"];
const { status } = spawnSync(turbo, build, {
  cwd: root,
  stdio: ["ignore", 2, 2],
  shell: process.platform === "win32",
});
if (status === 0) await import("../apps/migrator/dist/main.js");
else process.exit(status ?? 1);
