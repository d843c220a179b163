import { checkHistory } from "../checker/check-history.ts";
import type { History } from "../history/history.ts";
import { operationsOf } from "../history/operation-table.ts";
import type { StressResult } from "../result/stress-result.ts";
import { secondsOf } from "../speed/per-second.ts";
import { evaluateThresholds } from "../thresholds/evaluate-thresholds.ts";
import type { Measured } from "../thresholds/figures.ts";
import type { MetricName } from "../thresholds/metrics.ts";
import { DatabaseGone } from "./database-gone.ts";
import { environmentOf } from "./environment.ts";
import { headline } from "./headline.ts";
import { NotStarted } from "./not-started.ts";
import { reproduceCommand } from "./reproduce-command.ts";
import type { RanOnce } from "./run-once.ts";
import type { RunSettings } from "./run-settings.ts";
import { clientHealth, latenciesOf, ratiosOf } from "./speed-figures.ts";
import { judge } from "./verdict.ts";

/** Everything that a run found: checked, measured, judged. */
export function runResult(settings: RunSettings, ran: RanOnce, history: History): StressResult {
  const checked = checkHistory(history);
  const { blocks } = ran.notes;
  const client = clientHealth(blocks);
  const measured: Measured = {
    version: 1,
    run: ran.run,
    profile: settings.profile,
    seed: settings.seed,
    reproduce: reproduceCommand(settings),
    startedAt: ran.startedAt.toISOString(),
    durationMs: ran.durationMs,
    environment: environmentOf(settings, ran.mongo),
    anomalies: checked.anomalies.filter(({ variant }) => variant === "ours"),
    controlAnomalies: checked.anomalies.filter(({ variant }) => variant !== "ours"),
    contention: [...checked.contention],
    faults: [...checked.faults],
    latencies: [...latenciesOf(blocks)],
    ratios: [...ratiosOf(blocks, settings.seed)],
    seconds: [...secondsOf(operationsOf(history.operations), registersOf(history))],
    client,
  };
  const thresholds = [
    ...evaluateThresholds(settings.usualThresholds, measured).filter(
      ({ outcome }) => outcome !== "unmeasured",
    ),
    ...evaluateThresholds(settings.thresholds, measured),
  ];
  const { interrupted, bug, missing } = endingOf(ran.failure);
  const { verdict, reasons } = judge({
    checked,
    thresholds,
    needsSpeed: settings.thresholds.some(({ metric }) => speedMetrics.has(metric)),
    client,
    interrupted,
    bug,
    omissions: [...missing, ...ran.notes.omissions],
  });
  const first = headline(history, ran.notes.storms);
  return {
    ...measured,
    thresholds: [...thresholds],
    verdict,
    reasons: [...(first === null ? [] : [first]), ...reasons],
  };
}

const speedMetrics: ReadonlySet<MetricName> = new Set(["latency", "throughput"]);

function registersOf({ registers }: History): ReadonlyMap<string, History["registers"][number]> {
  return new Map(registers.map((register) => [register.key, register]));
}

interface Ending {
  readonly interrupted: boolean;
  readonly bug: string | null;
  /** Why there was nothing, or nothing more, to run against. */
  readonly missing: readonly string[];
}

/** A signal ends a run through an `AbortError`; what else ended it early, if nobody foresaw it, is a mistake of ours. */
function endingOf(failure: unknown): Ending {
  const ending: Ending = { interrupted: false, bug: null, missing: [] };
  if (failure === null) return ending;
  if (!(failure instanceof Error)) return { ...ending, bug: "something that is no error was thrown" };
  if (failure.name === "AbortError") return { ...ending, interrupted: true };
  if (failure instanceof NotStarted || failure instanceof DatabaseGone)
    return { ...ending, missing: [failure.message] };
  return { ...ending, bug: failure.stack ?? failure.message };
}
