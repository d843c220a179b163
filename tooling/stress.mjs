// Builds the harness if need be and becomes it: one process, so that signals and exit codes are its own.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const turbo = fileURLToPath(new URL("../node_modules/.bin/turbo", import.meta.url));
const build = ["run", "build", "--filter=@onechat/stress...", "--output-logs=errors-only"];
const built = spawnSync(turbo, build, { cwd: root, encoding: "utf8", shell: process.platform === "win32" });
if (built.status === 0) await import(new URL("../apps/stress/dist/main.js", import.meta.url).href);
else {
  const why =
    built.error === undefined
      ? `${built.stdout}${built.stderr}`
      : "Nothing is installed yet: run `npm start` once.\n";
  process.stderr.write(`${why}The harness could not be built.\n`);
  // 1 would say that there was an anomaly.
  process.exitCode = 107;
}
