import { type Collection, MongoClient, type MongoClientOptions } from "mongodb";
import { type WireProxy, wireProxy } from "../../src/proxy/index.ts";
import { databaseName, testMongo } from "../../src/testing/index.ts";

/** A proxy before the MongoDB of the test run, and a collection of the test's own, through it and past it. */
export interface ProxiedCollection<Proxy extends WireProxy = WireProxy> extends AsyncDisposable {
  readonly proxy: Proxy;
  readonly client: MongoClient;
  readonly notes: Collection<Note>;
  /** Past the proxy: what is really there. */
  readonly stored: Collection<Note>;
}

export interface Note {
  readonly _id: number;
  readonly text?: string;
}

export async function proxiedCollection(options: MongoClientOptions = {}): Promise<ProxiedCollection> {
  return collectionThrough(await wireProxy({ upstream: testMongo().uri }), options);
}

export function collectionThrough<Proxy extends WireProxy>(
  proxy: Proxy,
  options: MongoClientOptions = {},
): ProxiedCollection<Proxy> {
  const name = databaseName("proxy");
  const client = new MongoClient(proxy.uri, options);
  const direct = new MongoClient(testMongo().uri);
  return {
    proxy,
    client,
    notes: client.db(name).collection<Note>("notes"),
    stored: direct.db(name).collection<Note>("notes"),
    async [Symbol.asyncDispose]() {
      await direct.db(name).dropDatabase();
      await Promise.all([client.close(), direct.close()]);
      await proxy[Symbol.asyncDispose]();
    },
  };
}
