import { defineConfig } from "vitest/config";
import { runSummary } from "./tooling/testing/src/run-summary/index.ts";

// Tests see the sources of every workspace package, so an edit needs no build to be tested.
const conditions = ["@onechat/source"];
const resolve = { conditions };
const ssr = { resolve: { conditions } };

const minute = 60_000;
// A test waits for a condition with `until` of @onechat/testing, which gives up after a minute and says what for. These
// are the ends of what hangs, so no machine is too slow for them.
const patience = (minutes: number) => ({
  testTimeout: minutes * minute,
  hookTimeout: minutes * minute,
  expect: { poll: { timeout: minute } },
});

const folders = "{apps,packages,tooling}/*/test/**";
const database = { globalSetup: ["tooling/mongo/src/testing/global-setup.ts"] };

export default defineConfig({
  test: {
    reporters: [
      "default",
      ...(process.env["GITHUB_ACTIONS"] === "true" ? ["github-actions" as const] : []),
      runSummary((text) => void process.stdout.write(`${text}\n`)),
    ],
    // Of what runs in the tests' own processes: programs that they start, and pages, count as not run.
    coverage: {
      include: ["{apps,packages,tooling}/*/src/**/*.ts"],
      reporter: ["text-summary", "html"],
      reportsDirectory: ".onechat/coverage",
    },
    // Most of their time is waiting: for the disk, for processes and pages. More at once would make races between files
    // of what is meant to be a race inside one.
    maxWorkers: 2,
    // Files share a worker's modules, because loading them anew took as long as the tests; none may change them.
    // The tiers that a file's name shows; CONTRIBUTING.md says what is where and why.
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          isolate: false,
          include: [`${folders}/*.test.ts`],
          exclude: [`${folders}/*.{db,packed,thorough}.test.ts`],
          ...patience(3),
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "db",
          isolate: false,
          include: [`${folders}/*.db.test.ts`],
          ...database,
          ...patience(5),
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "packed",
          include: [`${folders}/*.packed.test.ts`],
          ...patience(5),
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "thorough",
          include: [`${folders}/*.thorough.test.ts`],
          // Chooses what a run tries of what takes too long as a whole; printed with it, and set to repeat it.
          env: { SAMPLE: process.env["SAMPLE"] ?? String(Math.floor(Date.now() / 1_000)) },
          ...database,
          ...patience(30),
        },
      },
    ],
  },
});
