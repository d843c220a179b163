import { parseMongoEnv } from "../src/mongo-env.ts";
import { openMongo, type OpenMongoOptions } from "../src/open-mongo.ts";
import type { MongoServer } from "../src/index.ts";
import { embeddedProvider } from "../src/providers/embedded.ts";

/** Why the embedded engine cannot run here; tests of it are skipped then, and counted as such. */
export const engineMissing = await embeddedProvider(parseMongoEnv(process.env)).unavailable();

/** An engine of the test's own, to be crashed at will. */
export function openEngine(options: Partial<OpenMongoOptions> = {}): Promise<MongoServer> {
  return openMongo({ purpose: "test", provider: "embedded", env: process.env, ...options });
}
