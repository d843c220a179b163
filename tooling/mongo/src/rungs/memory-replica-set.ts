import { mkdir } from "node:fs/promises";
import type { MongoProvider, MongoServer, RungOptions } from "../mongo-server.ts";
import { replicaSetCapabilities, uncrashable } from "../mongo-server.ts";

type BinaryOptions =
  | { readonly systemBinary: string; readonly checkMD5: false }
  | { readonly version: string };

/** A one-node replica set of a mongod binary; its library is only loaded when one is opened. */
export async function memoryReplicaSet(
  provider: MongoProvider,
  binary: BinaryOptions,
  { dir, port }: RungOptions,
): Promise<MongoServer> {
  const { MongoMemoryReplSet } = await import("mongodb-memory-server-core");
  if (dir !== undefined) await mkdir(dir, { recursive: true });
  const set = await MongoMemoryReplSet.create({
    binary,
    replSet: { count: 1, storageEngine: "wiredTiger" },
    instanceOpts: [
      { ...(dir === undefined ? {} : { dbPath: dir }), ...(port === undefined ? {} : { port }) },
    ],
  });
  return {
    uri: set.getUri(),
    provider,
    capabilities: replicaSetCapabilities,
    description: "systemBinary" in binary ? binary.systemBinary : `mongod ${binary.version}, downloaded`,
    ...uncrashable(provider),
    [Symbol.asyncDispose]: async () => void (await set.stop({ doCleanup: dir === undefined })),
  };
}
