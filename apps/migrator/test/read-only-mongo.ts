import { wireProxy } from "@onechat/mongo/proxy";
import { testMongo } from "@onechat/mongo/testing";

const writeCommands = [
  "insert",
  "update",
  "delete",
  "findAndModify",
  "bulkWrite",
  "create",
  "createIndexes",
  "collMod",
  "drop",
  "dropDatabase",
  "dropIndexes",
  "renameCollection",
];

/** A MongoDB whose user may only read. */
export interface ReadOnlyMongo extends AsyncDisposable {
  readonly uri: string;
  /** How many writes were refused. */
  readonly refused: () => number;
}

/** The MongoDB of the test run, but commands that write are refused as the server would. */
export async function readOnlyMongo(): Promise<ReadOnlyMongo> {
  const proxy = await wireProxy({ upstream: testMongo().uri });
  const refusal = {
    times: "always",
    fault: { error: { code: 13, codeName: "Unauthorized", message: "not authorized on this database" } },
  } as const;
  const rules = [
    proxy.rule({ commands: writeCommands, ...refusal }),
    proxy.rule({
      commands: ["aggregate"],
      matches: ({ pipeline }) => pipeline.some((stage: object) => "$merge" in stage || "$out" in stage),
      ...refusal,
    }),
  ];
  return {
    uri: proxy.uri,
    refused: () => rules.reduce((sum, rule) => sum + rule.hits(), 0),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}
