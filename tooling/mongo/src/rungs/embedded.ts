import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../find-program.ts";
import { glibcVersion, isAtLeast } from "../glibc/glibc-version.ts";
import { type Loader, newerGlibc } from "../glibc/newer-glibc.ts";
import type { MongoEnv } from "../mongo-env.ts";
import type { MongoCapabilities, MongoServer, Rung, RungOptions } from "../mongo-server.ts";
import { type EngineProcess, startEngine } from "./engine-process.ts";

const requiredGlibc = "2.38";
const supported: ReadonlySet<string> = new Set(["linux-x64", "linux-arm64", "darwin-arm64"]);

const capabilities: MongoCapabilities = {
  replicaSet: false,
  transactions: false,
  changeStreams: false,
  collMod: false,
  failCommand: false,
  crash: true,
};

/** The real server code from npm, in a process of its own. */
export function embeddedRung(env: MongoEnv): Rung {
  return {
    provider: "embedded",
    unavailable: () => missingForEngine(env.PATH),
    open: async (options) => {
      const cacheRoot = join(env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), ".cache"), "onechat");
      const loader = needsNewerGlibc() ? await newerGlibc(cacheRoot, options.onNotice) : null;
      return openEmbedded(options, loader);
    },
  };
}

async function missingForEngine(path: string): Promise<string | null> {
  const machine = `${process.platform}-${process.arch}`;
  if (!supported.has(machine)) return `the embedded engine is not built for ${machine}`;
  if (process.platform === "linux" && glibcVersion() === null) return "the embedded engine needs glibc";
  if (!needsNewerGlibc()) return null;
  const tools = await Promise.all(["apt-get", "dpkg"].map((name) => findProgram(name, path)));
  if (tools.every((tool) => tool !== null)) return null;
  return `the embedded engine needs glibc ${requiredGlibc}, this is ${glibcVersion()}, and there is no apt to fetch one with`;
}

function needsNewerGlibc(): boolean {
  const version = process.platform === "linux" ? glibcVersion() : null;
  return version !== null && !isAtLeast(version, requiredGlibc);
}

async function openEmbedded(options: RungOptions, loader: Loader | null): Promise<MongoServer> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "onechat-mongo-")));
  await mkdir(dir, { recursive: true });
  const durabilityBarrier = options.durabilityBarrier ?? true;
  let engine = await startEngine({ dir, port: options.port ?? 0, durabilityBarrier }, loader);
  const { port } = engine;
  const kept = options.dir === undefined ? "its data is thrown away at the end" : `data in ${dir}`;
  return {
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    provider: "embedded",
    capabilities,
    description: `embedded engine${loader === null ? "" : " on a newer glibc"}, ${kept}`,
    kill: () => end(engine, "SIGKILL"),
    restart: async () => {
      await end(engine, "SIGKILL");
      engine = await startEngine({ dir, port, durabilityBarrier }, loader);
    },
    pause: () => engine.signal("SIGSTOP"),
    resume: () => engine.signal("SIGCONT"),
    async [Symbol.asyncDispose]() {
      engine.signal("SIGCONT");
      await end(engine, "SIGTERM");
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

async function end(engine: EngineProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  engine.signal(signal);
  await engine.ended;
}
