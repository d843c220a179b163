import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  replicaSetCapabilities,
  type MongoProvider,
  type MongoServer,
  uncrashable,
} from "../mongo-server.ts";
import type { MongoOptions } from "../mongo-server.ts";

export interface MongodBinary {
  readonly provider: MongoProvider;
  readonly path: string;
  readonly description: string;
}

/** A one-node replica set of a mongod binary; its library is only loaded when one is opened. */
export async function memoryReplicaSet(binary: MongodBinary, options: MongoOptions): Promise<MongoServer> {
  const { MongoMemoryReplSet } = await import("mongodb-memory-server-core");
  await silenceVersionCheck();
  const { dir } = options;
  const port = options.port ?? (dir === undefined ? undefined : await rememberedPort(dir));
  const set = await MongoMemoryReplSet.create({
    binary: { systemBinary: binary.path },
    replSet: { count: 1, storageEngine: "wiredTiger" },
    instanceOpts: [
      { ...(dir === undefined ? {} : { dbPath: dir }), ...(port === undefined ? {} : { port }) },
    ],
  });
  if (dir !== undefined) await rememberPort(dir, set.getUri());
  return {
    uri: set.getUri(),
    provider: binary.provider,
    capabilities: replicaSetCapabilities,
    description: binary.description,
    ...uncrashable(binary.provider),
    [Symbol.asyncDispose]: async () => void (await set.stop({ doCleanup: dir === undefined })),
  };
}

/** The library would warn that the binary has another version than the one it would have downloaded. */
async function silenceVersionCheck(): Promise<void> {
  const { ResolveConfigVariables, setDefaultValue } =
    await import("mongodb-memory-server-core/lib/util/resolveConfig.js");
  setDefaultValue(ResolveConfigVariables.SYSTEM_BINARY_VERSION_CHECK, "false");
}

// A replica set's own address is part of its data: on another port it would not find itself.
const portFile = "onechat-port";

async function rememberedPort(dir: string): Promise<number | undefined> {
  try {
    return Number(await readFile(join(dir, portFile), "utf8"));
  } catch {
    return undefined;
  }
}

async function rememberPort(dir: string, uri: string): Promise<void> {
  await writeFile(join(dir, portFile), new URL(uri).port);
}
