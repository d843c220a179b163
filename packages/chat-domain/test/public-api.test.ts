import { describe, expect, it } from "vitest";
import * as auditEntry from "../src/audit/index.ts";
import * as connectEntry from "../src/connect/index.ts";
import * as mainEntry from "../src/index.ts";
import * as migrateEntry from "../src/migrate/index.ts";

describe("the public surface", () => {
  it("of the package is these values and no others", () => {
    expect(Object.keys(mainEntry).toSorted()).toMatchInlineSnapshot(`
      [
        "ChatError",
        "ChatModel",
        "assertIndexes",
        "chatContext",
        "chatIds",
        "chatIndexes",
        "createOrGetChat",
        "ensureIndexes",
        "ensureIndexesIfEmpty",
        "findChat",
        "getChat",
        "listChats",
        "maxIdLength",
        "maxListLimit",
        "participantId",
        "participantsKey",
        "releaseChat",
        "resolveChatId",
      ]
    `);
  });

  it("of ./connect is a connection, and what keeps others alive", () => {
    expect(Object.keys(connectEntry)).toEqual([
      "connect",
      "databaseFor",
      "defaultDatabase",
      "reviveWhenStalled",
    ]);
  });

  it("of ./migrate is a verb for every command, and what they speak of", () => {
    expect(Object.keys(migrateEntry).toSorted()).toMatchInlineSnapshot(`
      [
        "MigrationError",
        "explainChat",
        "liftControl",
        "migrateUp",
        "migrationContext",
        "migrationHistory",
        "migrationPhases",
        "migrationProgress",
        "migrationStatus",
        "parkedChats",
        "planMigration",
        "purge",
        "rollBack",
        "rollbackTargets",
        "setControl",
        "unlock",
      ]
    `);
  });

  it("of ./audit is one verb and the names of what it finds", () => {
    expect(Object.keys(auditEntry).toSorted()).toEqual(["auditChats", "findingCodes"]);
  });
});
