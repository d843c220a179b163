import { findProgram, isExecutable } from "../find-program.ts";
import type { MongoEnv } from "../mongo-env.ts";
import type { Rung } from "../mongo-server.ts";
import { memoryReplicaSet } from "./memory-replica-set.ts";

/** The machine's own mongod, as a one-node replica set. */
export function mongodRung(env: MongoEnv): Rung {
  const { MONGOMS_SYSTEM_BINARY: named, PATH } = env;
  return {
    provider: "mongod",
    async unavailable() {
      if (named === undefined) {
        return (await findProgram("mongod", PATH)) === null ? "there is no mongod on PATH" : null;
      }
      return (await isExecutable(named))
        ? null
        : `MONGOMS_SYSTEM_BINARY names ${named}, which is no executable`;
    },
    async open(options) {
      const path = named ?? (await findProgram("mongod", PATH)) ?? "mongod";
      return memoryReplicaSet({ provider: "mongod", path, description: `replica set of ${path}` }, options);
    },
  };
}
