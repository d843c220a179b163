import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Ids of the running processes that inherited this text in their environment; Linux only. */
export function processesOf(mark: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isMarked(pid, mark));
}

/** Waits until there are none, and says which there still are when there was no end to it. */
export async function remainingProcesses(mark: string): Promise<readonly number[]> {
  for (let attempt = 0; attempt < 100 && processesOf(mark).length > 0; attempt += 1) await sleep(100);
  return processesOf(mark);
}

/** A process that has ended and was not waited for has no environment any more. */
function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
  } catch {
    return false;
  }
}
