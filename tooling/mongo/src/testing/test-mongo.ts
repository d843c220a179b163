import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import type { MongoServer } from "../mongo-server.ts";

/** The MongoDB of a worker of this test run. */
export type TestMongo = Pick<MongoServer, "uri" | "provider" | "capabilities">;

declare module "vitest" {
  interface ProvidedContext {
    readonly mongos: readonly TestMongo[];
  }
}

export function testMongo(): TestMongo {
  const mongos = inject("mongos");
  const worker = Number(process.env["VITEST_POOL_ID"] ?? 1) - 1;
  const mongo = mongos[worker % mongos.length];
  if (mongo === undefined) throw new Error("the test run has no MongoDB");
  return mongo;
}

/** The name of a database that nobody else uses; the label only makes it recognizable. */
export function databaseName(label: string): string {
  const readable = label.replaceAll(/[^A-Za-z0-9_-]+/g, "_").slice(0, 40);
  return `test_${readable}_${randomBytes(6).toString("hex")}`;
}
