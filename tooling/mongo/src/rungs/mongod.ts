import { findProgram, isExecutable } from "../find-program.ts";
import type { MongoEnv } from "../mongo-env.ts";
import type { Rung } from "../mongo-server.ts";
import { memoryReplicaSet } from "./memory-replica-set.ts";

/** The machine's own mongod, as a one-node replica set. */
export function mongodRung(env: MongoEnv): Rung {
  return {
    provider: "mongod",
    async unavailable() {
      const { MONGOMS_SYSTEM_BINARY: named, PATH } = env;
      if (named !== undefined) {
        return (await isExecutable(named))
          ? null
          : `MONGOMS_SYSTEM_BINARY names ${named}, which is no executable`;
      }
      return (await findProgram("mongod", PATH)) === null ? "there is no mongod on PATH" : null;
    },
    async open(options) {
      const systemBinary = env.MONGOMS_SYSTEM_BINARY ?? (await findProgram("mongod", env.PATH)) ?? "mongod";
      return memoryReplicaSet("mongod", { systemBinary, checkMD5: false }, options);
    },
  };
}
