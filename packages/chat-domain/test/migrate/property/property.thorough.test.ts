import { testMongo } from "@onechat/mongo/testing";
import { seedOf } from "@onechat/testing";
import * as fc from "fast-check";
import { MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { inFreshDatabases } from "./fresh-databases.ts";
import { anyHistory } from "./history.ts";
import { play } from "./play.ts";

const minute = 60_000;
const hour = 60 * minute;
const lanes = 4;
const seed = seedOf(process.env);
// The engine keeps the files of dropped databases open, ninety of a history's: twice as many histories reach its limit.
const histories = Number(process.env["HISTORIES"] ?? 100);

describe(`a migration in any history of any small application (SAMPLE=${seed})`, () => {
  const client = new MongoClient(testMongo().uri);
  afterAll(() => client.close());

  it(
    `is right after every command: ${histories} histories`,
    async () => {
      const numbers = Array.from({ length: histories }, (_, index) => seed * 1_000 + index);
      const failures: string[] = [];
      const lane = async (): Promise<void> => {
        for (
          let number = numbers.shift();
          number !== undefined && failures.length === 0;
          number = numbers.shift()
        ) {
          const property = fc.asyncProperty(anyHistory, (history) =>
            inFreshDatabases(client, (databases) => play(databases, history)),
          );
          const options = { seed: number, numRuns: 1 };
          const first = await fc.check(property, { ...options, endOnFailure: true });
          if (!first.failed) continue;
          const again = await fc.check(property, { ...options, interruptAfterTimeLimit: 4 * minute });
          // What fails by chance may pass the second time.
          const { errorInstance, counterexample } = again.failed ? again : first;
          failures.push(`history ${number}: ${String(errorInstance)}\n${JSON.stringify(counterexample)}`);
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      expect(failures.join("\n\n")).toBe("");
    },
    hour,
  );
});
