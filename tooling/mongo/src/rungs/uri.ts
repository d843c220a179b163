import type { MongoEnv } from "../mongo-env.ts";
import { type Rung, replicaSetCapabilities, uncrashable } from "../mongo-server.ts";

/** A MongoDB that somebody else runs. */
export function uriRung(env: MongoEnv): Rung {
  return {
    provider: "uri",
    unavailable: async () => (env.MONGODB_URI === undefined ? "MONGODB_URI is not set" : null),
    open: async () => {
      const uri = env.MONGODB_URI ?? "";
      // Nothing is asked of the server here; the string says whether it is a replica set.
      const replicaSet = /[?&]replicaSet=|^mongodb\+srv:/.test(uri);
      return {
        uri,
        provider: "uri",
        capabilities: {
          ...replicaSetCapabilities,
          replicaSet,
          transactions: replicaSet,
          changeStreams: replicaSet,
        },
        description: "the one MONGODB_URI names",
        ...uncrashable("uri"),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}
