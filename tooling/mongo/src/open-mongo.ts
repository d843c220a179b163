import { access, constants, mkdir } from "node:fs/promises";
import { openFirstAvailable, openForced } from "./open-first-available.ts";
import { type MongoEnv, parseMongoEnv } from "./mongo-env.ts";
import type { MongoProvider, MongoServer, Provider, MongoOptions } from "./mongo-server.ts";
import { downloadProvider } from "./providers/download.ts";
import { embeddedProvider } from "./providers/embedded.ts";
import { mongodProvider } from "./providers/mongod.ts";
import { testcontainersProvider } from "./providers/testcontainers.ts";
import { uriProvider } from "./providers/uri.ts";

export interface OpenMongoOptions extends Partial<MongoOptions> {
  /** Development wants to be up at once; tests want the server that production has. */
  readonly purpose: "start" | "test";
  /** The process environment: MONGODB_URI, MONGO_PROVIDER, MONGO_IMAGE, MONGOMS_SYSTEM_BINARY, PATH. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Use this one and no other; wins over MONGO_PROVIDER. */
  readonly provider?: MongoProvider;
}

const orders: Readonly<Record<OpenMongoOptions["purpose"], readonly MongoProvider[]>> = {
  start: ["uri", "embedded", "mongod", "download"],
  test: ["uri", "testcontainers", "mongod", "embedded", "download"],
};

/**
 * A real MongoDB by whatever way this machine offers.
 *
 * @throws Error that says why no way works and what to do
 */
export async function openMongo(options: OpenMongoOptions): Promise<MongoServer> {
  const env = parseMongoEnv(options.env);
  const mongoOptions: MongoOptions = { onNotice: () => undefined, ...options };
  if (options.dir !== undefined) await usableFolder(options.dir);
  const providers = allProviders(env);
  const forced = options.provider ?? env.MONGO_PROVIDER;
  if (forced !== undefined) return openForced(providers[forced], mongoOptions);
  return openFirstAvailable(
    orders[options.purpose].map((provider) => providers[provider]),
    mongoOptions,
  );
}

/** Made before any provider is tried: no other way of having a MongoDB would make this folder better. */
async function usableFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await access(dir, constants.W_OK);
  } catch (cause) {
    throw new Error(`${dir} cannot be used for data: it has to be a folder that can be written to`, {
      cause,
    });
  }
}

function allProviders(env: MongoEnv): Readonly<Record<MongoProvider, Provider>> {
  return {
    uri: uriProvider(env),
    testcontainers: testcontainersProvider(env),
    mongod: mongodProvider(env),
    embedded: embeddedProvider(env),
    download: downloadProvider(env),
  };
}
