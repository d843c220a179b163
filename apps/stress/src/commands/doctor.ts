import type { ExitName } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { type Finding, examine } from "../doctor/examine.ts";

/** Says what this machine has of what a run needs; what is missing costs a run its meaning, or a part of it. */
export async function doctor(host: Host, uri: string | null): Promise<ExitName> {
  let verdict: ExitName = "pass";
  for await (const finding of examine(host, uri)) {
    host.out(`${lineOf(finding)}\n`);
    if (finding.state === "missing") verdict = "unknown";
  }
  return verdict;
}

const marks: Readonly<Record<Finding["state"], string>> = {
  fine: "ok     ",
  weak: "weak   ",
  missing: "missing",
};

function lineOf({ state, what, text }: Finding): string {
  return `${marks[state]}  ${what.padEnd(18)}  ${text}`;
}
