import { testMongo } from "@onechat/mongo/testing";
import { sampleOf, seedOf } from "@onechat/testing";
import * as fc from "fast-check";
import { MongoClient } from "mongodb";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { brokenCopies, brokenFiles } from "./broken-copies.ts";
import { inFreshDatabases } from "./fresh-databases.ts";
import { anyHistory } from "./history.ts";

const sample = sampleOf(2, process.env);
const chosen = brokenCopies.filter((_, place) => sample.has(place));

/** Histories after which a mistake that was not met is called not caught. */
const most = 200;
const lanes = 4;

describe(`histories catch a mistake in the migrator (${sample.name})`, () => {
  const client = new MongoClient(testMongo().uri);
  afterAll(() => client.close());
  afterEach(() => {
    for (const file of brokenFiles) vi.doUnmock(file);
    vi.resetModules();
  });

  it.each(chosen)("$mistake", async ({ shape, first, make }) => {
    vi.resetModules();
    make();
    const { play } = await import("./play.ts");
    const numbers = Array.from({ length: most }, (_, index) => seedOf(process.env) * 1_000 + index);
    const found: string[] = [];
    const lane = async (): Promise<void> => {
      for (
        let number = numbers.shift();
        number !== undefined && found.length === 0;
        number = numbers.shift()
      ) {
        const [history] = fc.sample(anyHistory, { seed: number, numRuns: 1 });
        if (history === undefined) throw new Error("no history was drawn");
        const wanted = {
          ...history,
          shape: { ...history.shape, ...shape },
          steps: [...first(number), ...history.steps],
        };
        await inFreshDatabases(client, (databases) => play(databases, wanted)).catch((error: unknown) => {
          found.push(String(error));
        });
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    expect(found[0]).toMatch(/Wrong: /);
  });
});
