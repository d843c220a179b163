import type { MongoEnv } from "../mongo-env.ts";
import type { Provider } from "../mongo-server.ts";
import { memoryReplicaSet } from "./memory-replica-set.ts";

/** A mongod fetched from MongoDB's download site and kept in a cache: for systems where nothing else works. */
export function downloadProvider(env: MongoEnv): Provider {
  const forbidden = /^(0|off|no|false)$/i.test(env.MONGOMS_RUNTIME_DOWNLOAD ?? "");
  return {
    name: "download",
    unavailable: async () => (forbidden ? "MONGOMS_RUNTIME_DOWNLOAD forbids to download a mongod" : null),
    async open(options) {
      const version = env.MONGOMS_VERSION;
      options.onNotice(`downloading mongod ${version} unless it is in the cache`);
      const path = await downloadedMongod(version);
      return memoryReplicaSet({ provider: "download", path, description: `mongod ${version}` }, options);
    },
  };
}

async function downloadedMongod(version: string): Promise<string> {
  const { MongoBinary } = await import("mongodb-memory-server-core");
  return MongoBinary.getPath({ version });
}
