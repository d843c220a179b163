import { readFileSync } from "node:fs";
import { availableParallelism, release, totalmem } from "node:os";
import type { RunSettings } from "./run-settings.ts";
import { poolSize } from "./stage.ts";

/** What a reader has to know about the place of a run to make anything of its figures. */
export function environmentOf(
  { procs, timeoutMs, callers, keys }: RunSettings,
  mongo: string,
): Readonly<Record<string, string>> {
  return {
    node: process.version,
    system: `${process.platform} ${release()}, ${process.arch}`,
    cores: String(availableParallelism()),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    pressure: cpuPressure(),
    mongodb: mongo,
    "write concern": "majority, journaled; the same for every variant",
    "read concern": "majority; the same for every variant",
    "pool size": `${poolSize} connections per process and variant`,
    callers: `${callers} at once, from ${procs} processes, ${keys} keys`,
    "call timeout": `${timeoutMs} ms`,
  };
}

/** How much of the last minute something waited for a core. */
function cpuPressure(): string {
  try {
    const [some = ""] = readFileSync("/proc/pressure/cpu", "utf8").split("\n");
    const waited = /avg60=([\d.]+)/.exec(some)?.[1];
    return waited === undefined ? "not known" : `${waited} % of the last minute waited for a core`;
  } catch {
    return "not known";
  }
}
