import { setTimeout as sleep } from "node:timers/promises";
import { canBeProxied, wireProxy, type WireProxy } from "@onechat/mongo/proxy";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { needs, seedOf } from "@onechat/testing";
import { type Db, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateUp, type MigrationContext, migrationContext, parkedChats } from "../../src/migrate/index.ts";
import { passingCodes } from "../passing-codes.ts";
import { findingsOf } from "./findings-of.ts";
import { Ledger, repeatedly } from "./ledger.ts";
import { fillWithLegacyChats, legacyModel, oneOf, seededRandom } from "./legacy-chats.ts";
import { expectFoldedFields, expectOneChatPerSet } from "./nothing-lost.ts";
import { OldVersionApp } from "./old-version-app.ts";
import { type RunnerCommand, runnerProcess, type RunnerProcess } from "./runner-process.ts";

const { uri: upstream } = testMongo();
const notProxied = canBeProxied(upstream) ? null : "no proxy can stand before the database";

const minute = 60_000;
/** How long, in seconds: a minute unless told. */
const seconds = Number(process.env["CHAOS_SECONDS"] ?? 60);
const codes = Object.values(passingCodes).flat();
const leaseMs = 2_000;
const longestFaultMs = 10_000;
const newSets = Array.from({ length: 20 }, (_, index) => 1_000 + index);
const writes = ["update", "delete"];
const chaos = ["killed", "frozen", "left alone"] as const;

describe(
  "a migrator in chaos: killed, frozen, with clocks that jump and errors that pass",
  needs(notProxied),
  () => {
    const calm = new MongoClient(upstream);
    const databases: Db[] = [];
    const seed = seedOf(process.env);
    const random = seededRandom(seed);
    const counts = { rounds: 0, killed: 0, frozen: 0, "left alone": 0, faults: 0, messages: 0, merged: 0 };
    let proxy: WireProxy;

    beforeAll(async () => {
      proxy = await wireProxy({ upstream, remember: 0 });
    });
    afterAll(async () => {
      await Promise.all(databases.map((db) => db.dropDatabase()));
      await proxy[Symbol.asyncDispose]();
      await calm.close();
    });

    /** Errors of any kind, at any of the runner's commands, again and again until it is lifted. */
    function faults(): ReturnType<WireProxy["rule"]> {
      const code = oneOf(codes, random);
      const often = { times: "always", every: 9 + Math.floor(random() * 30) } as const;
      const writeErrors = Array.from({ length: 20 }, (_, index) => ({ index, code }));
      return proxy.rule(
        oneOf<Parameters<WireProxy["rule"]>[0]>(
          [
            { ...often, fault: { error: { code } } },
            { ...often, when: "after", fault: { error: { code } } },
            { ...often, commands: writes, fault: { writeErrors } },
            { ...often, commands: writes, fault: { writeConcernError: { code } } },
            { ...often, when: "after", fault: "reset" },
          ],
          random,
        ),
      );
    }

    /** One run that meets errors, and is killed or frozen somewhere, or not. */
    async function disturbedRun(db: Db, runner: RunnerProcess): Promise<void> {
      const how = oneOf(chaos, random);
      const command: RunnerCommand = {
        database: db.databaseName,
        command: "up",
        onLocked: "wait",
        options: { leaseMs, graceMs: 20, batch: { start: 10, min: 3, max: 20 } },
        clockJumpsMs: 60 * minute,
      };
      const stopAt = {
        command: 20 + Math.floor(random() * 100),
        moment: oneOf(["before", "sent", "answered"] as const, random),
        signal: how === "killed" ? "SIGKILL" : "SIGSTOP",
      } as const;
      using struck = faults();
      // Such errors pass, so a run that they hold up comes to its end.
      const passing = setTimeout(() => struck.lift(), longestFaultMs);
      const run = runner.begin(how === "left alone" ? command : { ...command, stopAt });
      const isStopped = await Promise.race([
        run.stopped().then(() => true),
        run.ended.then(() => false),
      ]).catch(() => how === "killed");
      counts[how] += isStopped || how === "left alone" ? 1 : 0;
      if (how === "frozen" && isStopped) {
        await sleep(leaseMs * oneOf([0.5, 1.5], random));
        runner.resume();
      }
      if (how !== "killed" || !isStopped)
        // Errors may come so often that no batch gets through: then the run gives up, and the next one goes on.
        expect(["done", "nothing-to-do", "unsettled", "LEASE_LOST", "UNAVAILABLE"]).toContain(
          (await run.ended).end,
        );
      clearTimeout(passing);
      counts.faults += struck.hits();
    }

    async function round(): Promise<void> {
      const db = calm.db(databaseName("chaos"));
      databases.push(db);
      const { sets, messages } = await fillWithLegacyChats(db, 40, seed + counts.rounds);
      const ledger = new Ledger(sets, messages);
      const old = new OldVersionApp({ db, ledger, random, newSets, deletes: false, actsPerChat: 40 });
      const running = repeatedly(1, () => old.act());
      try {
        for (let stage = 0; stage < 2; stage += 1) {
          const runners = await Promise.all([runnerProcess(proxy.uri), runnerProcess(proxy.uri)]);
          try {
            await Promise.all(runners.map((runner) => disturbedRun(db, runner)));
          } finally {
            await Promise.all(runners.map((runner) => runner[Symbol.asyncDispose]()));
          }
        }
      } finally {
        await running.stop();
      }
      const ctx = migrationContext(db, { model: legacyModel, leaseMs, graceMs: 0 });
      expect(await untilNothingIsLeft(ctx)).toBe("nothing-to-do");
      expect(await parkedChats(ctx)).toEqual([]);
      expect(await findingsOf(ctx)).toEqual([]);
      await expectOneChatPerSet(db, ledger);
      await expectFoldedFields(db, ledger);
      counts.messages += ledger.messages.size;
      counts.merged += await db.collection("chat_redirects").countDocuments();
      counts.rounds += 1;
    }

    async function untilNothingIsLeft(ctx: MigrationContext): Promise<string> {
      let outcome = "";
      for (let runs = 0; runs < 5 && outcome !== "nothing-to-do"; runs += 1)
        ({ outcome } = await migrateUp(ctx, { onLocked: "wait" }));
      return outcome;
    }

    it("loses nothing and parks nobody", { timeout: seconds * 1_000 + 30 * minute }, async () => {
      const end = performance.now() + seconds * 1_000;
      while (performance.now() < end) await round();
      expect(counts.rounds).toBeGreaterThan(0);
      process.stdout.write(`chaos, SAMPLE=${seed}: ${JSON.stringify(counts)}\n`);
    });
  },
);
