import { defineConfig } from "vitest/config";

// Tests see the sources of every workspace package, so an edit needs no build to be tested.
const conditions = ["@onechat/source"];
const resolve = { conditions };
const ssr = { resolve: { conditions } };

export default defineConfig({
  test: {
    // Projects with different numbers of workers run one after the other, or not at all: hence `groupOrder`.
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          sequence: { groupOrder: 0 },
          include: ["{apps,packages,tooling}/*/test/**/*.test.ts"],
          exclude: ["**/*.db.test.ts", "**/*.packed.test.ts"],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "db",
          sequence: { groupOrder: 1 },
          include: ["{apps,packages,tooling}/*/test/**/*.db.test.ts"],
          globalSetup: ["tooling/mongo/src/testing/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Most of their time is waiting: for leases, timeouts and processes. More at once would make races between
          // files of what is meant to be a race inside one.
          maxWorkers: 2,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "packed",
          sequence: { groupOrder: 2 },
          include: ["packages/*/test/**/*.packed.test.ts"],
          testTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
