import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { ExitName } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { type Given, parsed, wholeNumber } from "../plan/run-flags.ts";
import { UsageError } from "../usage-error.ts";

const SelfTestFlags = z.object({
  seed: wholeNumber(0, 4_294_967_295).optional(),
  histories: wholeNumber(1, 10_000_000),
  json: z.boolean().default(false),
});

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const selfTest = "apps/stress/test/selftest/self-test.test.ts";

/**
 * Tries the checker on anomalies that are known to be there, and against a search that cannot be wrong: a test of it,
 * with more histories than in the tests of every change.
 *
 * @throws UsageError where the tests are not there, as in a package
 */
export async function selfTestCommand(given: Given, { env, signal, newSeed }: Host): Promise<ExitName> {
  const { seed = newSeed(), histories, json } = parsed(SelfTestFlags, given);
  if (!existsSync(join(root, selfTest)))
    throw new UsageError([
      "it runs tests of the checker that only a clone of the repository has: npm run stress -- selftest there",
    ]);
  const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
  const what = ["--project", "unit", selfTest];
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
