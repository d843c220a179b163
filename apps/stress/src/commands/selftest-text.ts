import { operationText } from "../report/text/operation-text.ts";
import { countText } from "../report/text/figure-text.ts";
import type { Caught, Misjudged } from "../selftest/catch-corruptions.ts";
import type { Disagreement } from "../selftest/cross-check.ts";
import type { SelfTest } from "../selftest/self-test.ts";

/** So many mistakes of the checker are shown; one is enough to know. */
const shown = 3;

/** For people: what was tried and what came of it, with the histories about which the checker was wrong. */
export function selfTestText(seed: number, result: SelfTest, interrupted: boolean): string {
  const { caught, correctHistories, misjudged, crossCheck, passed } = result;
  const { histories, impossible, disagreements } = crossCheck;
  const falseAlarms = misjudged.filter(({ corruption }) => corruption === null).length;
  const width = Math.max(...caught.map(({ name }) => name.length));
  const lines = [
    `${passed ? (interrupted ? "interrupted" : "the checker can be believed") : "THE CHECKER IS WRONG"} (seed ${seed})`,
    "",
    "seeded into correct histories, and found under the right name at the right key:",
    ...caught.map((each) => caughtLine(each, width)),
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

function caughtLine({ name, how, seeded, caught }: Caught, width: number): string {
  return `  ${name.padEnd(width)}  ${`${caught}/${seeded}`.padStart(9)}  ${how}`;
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
