import { z } from "zod";
import type { ExitName } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { wholeNumber } from "../plan/run-flags.ts";
import { countText } from "../report/text/figure-text.ts";
import { operationText } from "../report/text/operation-text.ts";
import type { Misjudged } from "../selftest/catch-corruptions.ts";
import type { Disagreement } from "../selftest/cross-check.ts";
import { type SelfTest, selfTest } from "../selftest/self-test.ts";
import { parsed } from "./given.ts";
import type { Given } from "./program.ts";

const SelfTestFlags = z.object({
  seed: wholeNumber(0, 4_294_967_295).optional(),
  histories: wholeNumber(1, 10_000_000),
});

/** So many mistakes of the checker are shown; one is enough to know. */
const shown = 3;

/** Tries the checker on anomalies that are known to be there, and against a search that cannot be wrong. */
export async function selfTestCommand(given: Given, host: Host): Promise<ExitName> {
  const { seed = host.newSeed(), histories } = parsed(SelfTestFlags, given);
  const { signal } = host;
  const onProgress = (done: number): void => {
    if (host.stderrIsTerminal) host.err(`\r\u001B[2K${done} of ${histories} small histories`);
  };
  const result = await selfTest({ seed, histories, onProgress, signal });
  if (host.stderrIsTerminal) host.err("\r\u001B[2K");
  host.out(
    given["json"] === true
      ? `${JSON.stringify({ version: 1, seed, ...result })}\n`
      : selfTestText(seed, result, signal.aborted),
  );
  // A checker that is wrong is a bug of the harness.
  if (!result.passed) return "bug";
  return signal.aborted ? "interrupted" : "pass";
}

/** For people: what was tried and what came of it, with the histories about which the checker was wrong. */
function selfTestText(seed: number, result: SelfTest, interrupted: boolean): string {
  const { caught, correctHistories, misjudged, crossCheck, passed } = result;
  const { histories, impossible, disagreements } = crossCheck;
  const falseAlarms = misjudged.filter(({ corruption }) => corruption === null).length;
  const width = Math.max(...caught.map(({ name }) => name.length));
  const verdict = interrupted ? "interrupted" : "the checker can be believed";
  const lines = [
    `${passed ? verdict : "THE CHECKER IS WRONG"} (seed ${seed})`,
    "",
    "seeded into correct histories, and found under the right name at the right key:",
    ...caught.map(
      (each) => `  ${each.name.padEnd(width)}  ${`${each.caught}/${each.seeded}`.padStart(9)}  ${each.how}`,
    ),
    `false alarms in ${countText(correctHistories)} correct histories: ${falseAlarms}`,
    "",
    `small histories decided twice, by the checker and by trying all orders: ${countText(histories)}, ` +
      `of which ${countText(impossible)} impossible`,
    `disagreements: ${disagreements.length}`,
    ...misjudged.slice(0, shown).flatMap(misjudgedLines),
    ...disagreements.slice(0, shown).flatMap(disagreementLines),
  ];
  return `${lines.join("\n")}\n`;
}

function misjudgedLines({ corruption, history, anomalies }: Misjudged): readonly string[] {
  const what = corruption === null ? "a correct history" : `${corruption.name}, ${corruption.how}`;
  const said = anomalies.map(({ name, key, text }) => `${name} at ${key}: ${text}`);
  const registers = corruption === null ? history.registers : history.registers.slice(0, 1);
  return [
    "",
    `misjudged: ${what}; the checker said: ${said.join("; ") || "nothing"}`,
    ...registers.flatMap(({ register, operations, audit }) => [
      `  ${register.key}, before the run ${JSON.stringify(register.initial)}, at the end ${JSON.stringify(audit)}`,
      ...operations.map((operation) => `    ${operationText(operation)}`),
    ]),
  ];
}

function disagreementLines({ history, canBeExplained, objections }: Disagreement): readonly string[] {
  const { initial, operations, audit } = history;
  return [
    "",
    `disagreement: ${canBeExplained ? "an order explains it" : "no order explains it"}; ` +
      `the checker said: ${objections.join("; ") || "nothing"}`,
    `  before the run ${JSON.stringify(initial)}, at the end ${JSON.stringify(audit)}`,
    ...operations.map((operation) => `    ${operationText(operation)}`),
  ];
}
