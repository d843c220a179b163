import { readFileSync } from "node:fs";
import { availableParallelism, release, totalmem } from "node:os";
import type { History } from "../history/history.ts";
import { judgedHistory } from "../measure/judged-history.ts";
import type { StressResult } from "../measure/result.ts";
import type { Circumstances } from "../measure/verdict.ts";
import { reproduceCommand } from "../plan/reproduce-command.ts";
import type { RunSettings } from "../plan/run-settings.ts";
import { poolSize } from "../stores/client.ts";
import type { RanOnce } from "./run-once.ts";
import { RunStopped } from "./stopped.ts";

export function runResult(settings: RunSettings, ran: RanOnce, history: History): StressResult {
  const { thresholds, usualThresholds: usual, embeddedThresholds } = settings;
  const usualThresholds = ran.mongo.provider === "embedded" ? [...usual, ...embeddedThresholds] : usual;
  return {
    ...judgedHistory(history, { thresholds, usualThresholds }, circumstancesOf(ran)),
    reproduce: reproduceCommand(settings),
    durationMs: ran.durationMs,
    environment: environmentOf(settings, ran.mongo.description),
  };
}

/** A signal ends a run through an `AbortError`; what else ended it early, if nobody foresaw it, is a mistake of ours. */
function circumstancesOf({ failure, omissions, notes }: RanOnce): Circumstances {
  if (failure === null) return { omissions, notes };
  if (!(failure instanceof Error)) return { omissions, notes, bug: "something that is no error was thrown" };
  if (failure.name === "AbortError") return { omissions, notes, interrupted: true };
  if (failure instanceof RunStopped) return { omissions: [failure.message, ...omissions], notes };
  return { omissions, notes, bug: failure.stack ?? failure.message };
}

/** What a reader has to know about the place of a run to make anything of its figures. */
function environmentOf(
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
    "write concern": "majority, journaled; the same for onechat and every control",
    "read concern": "majority; the same for onechat and every control",
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
