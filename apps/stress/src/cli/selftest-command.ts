import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { ExitName } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { wholeNumber } from "../plan/run-flags.ts";
import { parsed } from "./given.ts";
import type { Given } from "./program.ts";

const SelfTestFlags = z.object({
  seed: wholeNumber(0, 4_294_967_295).optional(),
  histories: wholeNumber(1, 10_000_000),
  json: z.boolean().default(false),
});

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * Tries the checker on anomalies that are known to be there, and against a search that cannot be wrong: a test of it,
 * with more histories than in the tests of every change.
 */
export async function selfTestCommand(given: Given, { env, signal, newSeed }: Host): Promise<ExitName> {
  const { seed = newSeed(), histories, json } = parsed(SelfTestFlags, given);
  const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
  const what = ["--project", "unit", "apps/stress/test/selftest/self-test.test.ts"];
  const child = spawn(process.execPath, [vitest, "run", ...what, `--reporter=${json ? "json" : "verbose"}`], {
    cwd: root,
    env: { ...env, SELFTEST_SEED: String(seed), SELFTEST_HISTORIES: String(histories) },
    stdio: "inherit",
  });
  signal.addEventListener("abort", () => child.kill(), { once: true });
  await once(child, "exit");
  if (signal.aborted) return "interrupted";
  // A checker that is wrong is a bug of the harness.
  return child.exitCode === 0 ? "pass" : "bug";
}
