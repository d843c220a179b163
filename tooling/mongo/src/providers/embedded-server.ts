import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Loader } from "../glibc/newer-glibc.ts";
import type { HostSettings } from "../host/host-settings.ts";
import type { MongoCapabilities, MongoServer, MongoOptions } from "../mongo-server.ts";
import { type EngineProcess, startEngine } from "./engine-process.ts";

const capabilities: MongoCapabilities = {
  replicaSet: false,
  transactions: false,
  changeStreams: false,
  collMod: false,
  crash: true,
};

/** How long a restart waits for the port that its predecessor held. */
const patienceMs = 10_000;

/** The engine's process as a server that can be crashed and started again. */
export async function embeddedServer(options: MongoOptions, loader: Loader | null): Promise<MongoServer> {
  const settings = await hostSettings(options);
  const exit = watchExit(options.onNotice);
  let engine = await firstEngine(settings, loader);
  void exit.watch(engine);
  const { port, version } = engine;
  const fate = settings.temporary ? "its data is thrown away at the end" : `data in ${settings.dir}`;
  return {
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    provider: "embedded",
    capabilities,
    description: `embedded engine ${version}${loader === null ? "" : " on a newer glibc"}, ${fate}`,
    kill: () => engine.stop("SIGKILL"),
    restart: async () => {
      await engine.stop("SIGKILL");
      engine = await startEngine({ ...settings, port, patienceMs }, loader);
      void exit.watch(engine);
    },
    pause: () => engine.pause(),
    resume: () => engine.resume(),
    died: exit.died,
    async [Symbol.asyncDispose]() {
      await engine.stop("SIGTERM");
      if (settings.temporary) await removed(settings.dir);
    },
  };
}

async function hostSettings(options: MongoOptions): Promise<HostSettings> {
  const temporary = options.dir === undefined;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "onechat-mongo-")));
  const durabilityBarrier = options.durabilityBarrier ?? true;
  return { dir, temporary, port: options.port ?? 0, patienceMs: 0, durabilityBarrier };
}

async function firstEngine(settings: HostSettings, loader: Loader | null): Promise<EngineProcess> {
  try {
    return await startEngine(settings, loader);
  } catch (error) {
    if (settings.temporary) await removed(settings.dir);
    throw error;
  }
}

interface ExitWatch {
  readonly died: Promise<Error>;
  watch(engine: EngineProcess): Promise<void>;
}

/** Tells of the first end of an engine that nobody asked for. */
function watchExit(onNotice: (line: string) => void): ExitWatch {
  const tellers: ((error: Error) => void)[] = [];
  return {
    died: new Promise((resolve) => void tellers.push(resolve)),
    async watch(engine) {
      const how = await engine.ended;
      if (how === null) return;
      const error = new Error(`the MongoDB engine has ended by itself, ${how}`);
      onNotice(error.message);
      for (const tell of tellers) tell(error);
    },
  };
}

async function removed(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}
