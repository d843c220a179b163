import { access, constants, mkdir } from "node:fs/promises";
import { climbLadder, openForced } from "./climb-ladder.ts";
import { type MongoEnv, parseMongoEnv } from "./mongo-env.ts";
import type { MongoProvider, MongoServer, Rung, RungOptions } from "./mongo-server.ts";
import { downloadRung } from "./rungs/download.ts";
import { embeddedRung } from "./rungs/embedded.ts";
import { mongodRung } from "./rungs/mongod.ts";
import { testcontainersRung } from "./rungs/testcontainers.ts";
import { uriRung } from "./rungs/uri.ts";

export interface OpenMongoOptions extends Partial<RungOptions> {
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
  const rungOptions: RungOptions = { onNotice: () => undefined, ...options };
  if (options.dir !== undefined) await usableFolder(options.dir);
  const rungs = allRungs(env);
  const forced = options.provider ?? env.MONGO_PROVIDER;
  if (forced !== undefined) return openForced(rungs[forced], rungOptions);
  return climbLadder(
    orders[options.purpose].map((provider) => rungs[provider]),
    rungOptions,
  );
}

/** Made before any rung is tried: no other way of having a MongoDB would make this folder better. */
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

function allRungs(env: MongoEnv): Readonly<Record<MongoProvider, Rung>> {
  return {
    uri: uriRung(env),
    testcontainers: testcontainersRung(env),
    mongod: mongodRung(env),
    embedded: embeddedRung(env),
    download: downloadRung(env),
  };
}
