import { openMongo } from "../open-mongo.ts";
import { parseMongoEnv } from "../mongo-env.ts";
import type { MongoServer } from "../mongo-server.ts";
import { embeddedProvider } from "../providers/embedded.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Why this machine has no MongoDB that a test may crash, or `null`; tests that need one are skipped then, and counted. */
export async function crashableMongoMissing(env: Env): Promise<string | null> {
  return embeddedProvider(parseMongoEnv(env)).unavailable();
}

/** A MongoDB of the test's own, to be killed, stopped and restarted at will. */
export async function crashableMongo(env: Env): Promise<MongoServer> {
  return openMongo({ purpose: "test", provider: "embedded", env });
}
