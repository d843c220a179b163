import type { Failure, RunFacts, Skipped } from "./run-facts.ts";

/**
 * A run's last lines: what was skipped and why, what failed, and the numbers in a line of their own. Lines that begin
 * with `skipped:` or `failed:` can be searched for; those that are indented belong to the one before.
 */
export function summaryText({ passed, failures, skipped }: RunFacts): string {
  const failed = sum(failures.map(({ tests }) => tests));
  const left = sum(skipped.map(({ names }) => sum([...names.values()])));
  return [
    ...skipped.flatMap(skippedLines),
    ...failures.flatMap(failureLines),
    `${passed} passed, ${failed} failed, ${left} skipped`,
  ].join("\n");
}

function skippedLines({ reason, names }: Skipped): readonly string[] {
  const lines = [...names].map(([name, count]) => `  ${name}${count === 1 ? "" : ` (${count} tests)`}`);
  return [`skipped: ${numberOf(sum([...names.values()]), "test")}: ${reason}`, ...lines];
}

function failureLines({ name, said, tookMs, load, tests }: Failure): readonly string[] {
  const facts = [
    tookMs === null ? "" : `after ${(tookMs / 1_000).toFixed(1)} s`,
    load,
    tests > 1 ? `${tests} tests did not run` : "",
  ];
  const known = facts.filter((fact) => fact !== "").join("; ");
  return [`failed: ${name}`, `  ${said}`, ...(known === "" ? [] : [`  ${known}`])];
}

function numberOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
