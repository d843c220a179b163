import type { MongoEnv } from "../mongo-env.ts";
import {
  type MongoCapabilities,
  replicaSetCapabilities,
  type Provider,
  uncrashable,
} from "../mongo-server.ts";
import { askServer } from "./ask-server.ts";

/** A MongoDB that somebody else runs. */
export function uriProvider(env: MongoEnv): Provider {
  return {
    name: "uri",
    unavailable: async () => (env.MONGODB_URI === undefined ? "MONGODB_URI is not set" : null),
    open: async () => {
      const uri = env.MONGODB_URI ?? "";
      return {
        uri,
        provider: "uri",
        capabilities: await capabilitiesOf(uri),
        description: "the one MONGODB_URI names",
        ...uncrashable("uri"),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}

async function capabilitiesOf(uri: string): Promise<MongoCapabilities> {
  const facts = await askServer(uri);
  const replicaSet = facts?.replicaSet ?? /[?&]replicaSet=|^mongodb\+srv:/.test(uri);
  return {
    ...replicaSetCapabilities,
    replicaSet,
    transactions: replicaSet,
    changeStreams: replicaSet,
    collMod: facts?.embedded !== true,
  };
}
