import which from "which";
import type { MongoEnv } from "../mongo-env.ts";
import type { Provider } from "../mongo-server.ts";
import { memoryReplicaSet } from "./memory-replica-set.ts";

/** The machine's own mongod, as a one-node replica set. */
export function mongodProvider({ MONGOMS_SYSTEM_BINARY: named, PATH }: MongoEnv): Provider {
  const program = named ?? "mongod";
  const found = (): Promise<string | null> => which(program, { path: PATH, nothrow: true });
  return {
    name: "mongod",
    async unavailable() {
      if ((await found()) !== null) return null;
      return named === undefined
        ? "there is no mongod on PATH"
        : `MONGOMS_SYSTEM_BINARY names ${named}, which is no executable`;
    },
    async open(options) {
      const path = (await found()) ?? program;
      return memoryReplicaSet({ provider: "mongod", path, description: `replica set of ${path}` }, options);
    },
  };
}
