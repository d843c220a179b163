import { readdirSync, readFileSync } from "node:fs";
import { until } from "@onechat/testing";

/** Why a test that looks at other processes cannot do so on this machine. */
export const procMissing = process.platform === "linux" ? null : "there is no /proc: this needs Linux";

/** Ids of the running processes that inherited this text in their environment; Linux only. */
export function processesOf(mark: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isMarked(pid, mark));
}

/** Waits until there are none, and says which there still are when there was no end to it. */
export async function endOfProcesses(mark: string): Promise<void> {
  await until(`the end of all processes of the run ${mark}`, () => {
    const remaining = processesOf(mark);
    if (remaining.length > 0) throw new Error(`still running: ${remaining.join(", ")}`);
    return true;
  });
}

/** Whether a process was stopped and does not do anything until it is continued. */
export function isFrozen(pid: number): boolean {
  return /^\d+ \(.*\) T /s.test(readOf(pid, "stat"));
}

function isMarked(pid: number, mark: string): boolean {
  return readOf(pid, "environ").includes(mark);
}

/** Empty of a process that has gone; one that has ended and was not waited for has no environment any more. */
function readOf(pid: number, what: "environ" | "stat"): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, "utf8");
  } catch {
    return "";
  }
}
