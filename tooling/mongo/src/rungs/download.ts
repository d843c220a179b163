import type { MongoEnv } from "../mongo-env.ts";
import type { Rung } from "../mongo-server.ts";
import { memoryReplicaSet } from "./memory-replica-set.ts";

/** A mongod fetched from MongoDB's download site and kept in a cache: for systems where nothing else works. */
export function downloadRung(env: MongoEnv): Rung {
  return {
    provider: "download",
    unavailable: () => Promise.resolve(null),
    async open(options) {
      options.onNotice(`downloading mongod ${env.MONGOMS_VERSION} unless it is in the cache`);
      return memoryReplicaSet("download", { version: env.MONGOMS_VERSION }, options);
    },
  };
}
