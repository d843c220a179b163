import { type History, historyOf } from "../../src/history/history.ts";
import type { Block, FaultEvent, HistoryLine, Register, Workload } from "../../src/history/history-line.ts";
import type { Operation, Path, Variant } from "../../src/history/operation.ts";
import { judgedHistory } from "../../src/measure/judged-history.ts";
import type { StressResult } from "../../src/measure/result.ts";
import { seededRandom } from "../../src/seeded-random.ts";
import { parseThreshold } from "../../src/thresholds/parse-threshold.ts";
import { emptyResult } from "./results.ts";

export interface SyntheticReport {
  readonly result: StressResult;
  readonly history: History | null;
}

interface Burst {
  readonly variant: Variant;
  readonly path: Path;
  readonly workload: Workload;
  readonly ms: number;
  readonly callers: number;
  /** Every so many keys get two chats; 0 for none. */
  readonly splitEvery: number;
}

const variants = [
  { variant: "ours", ms: 6, splitEvery: 0 },
  { variant: "raw", ms: 5.2, splitEvery: 0 },
  { variant: "mongoose", ms: 9.5, splitEvery: 0 },
  { variant: "naive", ms: 7, splitEvery: 4 },
] as const;
const places = [
  { path: "http", workload: "hot", callers: 60 },
  { path: "domain", workload: "hot", callers: 90 },
  { path: "domain", workload: "burst", callers: 12 },
] as const;
const rounds = 12;
const dbKill = { type: "fault", fault: "db-kill", target: "database" } as const;

/** Bursts of create-or-get on a new key in each round, as a right or a broken implementation answers them. */
function syntheticHistory(bursts: readonly Burst[], faults: readonly FaultEvent[]): History {
  const random = seededRandom(11, "synthetic history");
  const lines: HistoryLine[] = [];
  let at = 1;
  let op = 0;
  for (let round = 0; round < rounds; round += 1)
    for (const burst of bursts) {
      const { variant, path, workload } = burst;
      const key = `${variant}/${path}/${workload}/round-${round}/pair`;
      const participants = [`alice-${key}`, `bob-${key}`];
      const register: Register = {
        type: "register",
        key,
        variant,
        path,
        workload,
        participants,
        scope: "",
        initial: [],
      };
      const isSplit = burst.splitEvery > 0 && round % burst.splitEvery === 0;
      const ids = ["aa", "bb"].map((end) => `65f0${path}${workload}${variant}${round}${end}`);
      const calls = Array.from({ length: burst.callers }, (_, caller): Operation => {
        const start = at + random.unit() * burst.ms * 0.3;
        const end = start + burst.ms * Math.exp((random.unit() + random.unit() - 1) * 0.7);
        const which = isSplit && caller % 2 === 1 ? 1 : 0;
        const isHit = faults.some(
          (fault) => fault.event === "inject" && end * 1e6 > fault.at && start * 1e6 < fault.at + 1e9,
        );
        return {
          type: "op",
          op: (op += 1),
          key,
          kind: "ensure",
          process: `w${caller % 3}`,
          intended: null,
          start: Math.round(start * 1e6),
          end: Math.round(end * 1e6),
          outcome: isHit ? "unknown" : "ok",
          id: isHit ? null : (ids[which] ?? null),
          created: isHit ? null : caller === which,
          asked: null,
          error: isHit ? { reason: "ECONNRESET", message: "socket hang up" } : null,
        };
      });
      const until = Math.max(...calls.map(({ end }) => end));
      const block: Block = {
        type: "block",
        part: "round",
        variant,
        path,
        workload,
        round,
        wave: 0,
        twin: false,
        from: at * 1e6,
        until,
        health: [{ eventLoopUtilization: 0.61, eventLoopDelayP99Ms: 11.2 }],
      };
      const live = (isSplit ? ids : ids.slice(0, 1)).map((id) => ({ id, participants, scope: "" }));
      const stored = calls.some(({ outcome }) => outcome === "ok") ? live : [];
      lines.push(register, ...calls, block, { type: "audit", key, live: stored, redirects: [] });
      at = until / 1e6 + 40;
    }
  const registers = lines.filter(({ type }) => type === "register").length;
  return historyOf([
    {
      type: "history",
      version: 1,
      run: "synthetic",
      seed: 11,
      profile: "ci",
      startedAt: "2026-01-02T03:04:05Z",
    },
    ...lines,
    ...faults,
    { type: "end", operations: op, registers, audited: true },
  ]);
}

const reports = new Map<string, SyntheticReport>();

/** Made once: several tests look at it. */
function once(name: string, make: () => SyntheticReport): SyntheticReport {
  const report = reports.get(name) ?? make();
  reports.set(name, report);
  return report;
}

function reportOf(
  bursts: readonly Burst[],
  faults: readonly FaultEvent[],
  claims: readonly string[],
): SyntheticReport {
  const history = syntheticHistory(bursts, faults);
  const thresholds = claims.map((text) => parseThreshold(text, "test"));
  const result: StressResult = {
    ...judgedHistory(history, { thresholds, usualThresholds: [] }),
    reproduce: "npm run stress -- run ci --seed 11",
    durationMs: 9_400,
    environment: { node: "v22.11.0", mongodb: "8.0.4 (replica set of one)" },
  };
  return { result, history };
}

const bursts: readonly Burst[] = places.flatMap((place) => variants.map((one) => ({ ...place, ...one })));

/** Everything as it should be: one fault, and only the naive control is caught. */
export function passingRun(): SyntheticReport {
  const faults = [
    { ...dbKill, event: "inject", at: 3e9 },
    { ...dbKill, event: "heal", at: 3.2e9 },
  ] as const;
  return once("passing", () =>
    reportOf(bursts, faults, [
      "anomalies: count==0",
      "latency{path:http,variant:ours}: p(98)<80",
      "recovery{fault:db-kill}: max<5s",
      "ratio(latency.p50){ours/raw,path:domain}: lo<9",
    ]),
  );
}

const hostile = '<script>alert("key")</script><img src=x onerror=alert(1)> ]]> | `x` \u202Egnp.exe';

/** Hostile in its texts, wrong in its answers. */
export function failingRun(): SyntheticReport {
  return once("failing", brokenRun);
}

function brokenRun(): SyntheticReport {
  const broken = bursts.map((burst) =>
    burst.variant === "ours" && burst.path === "http" ? { ...burst, splitEvery: 4 } : burst,
  );
  const { result, history } = reportOf(broken, [], ["anomalies: count==0", "throughput: rate>0"]);
  const [first] = result.anomalies;
  const leaked =
    first === undefined ? [] : [{ ...first, name: "LEAKED_E11000" as const, text: `E11000 ${hostile}` }];
  return {
    result: {
      ...result,
      reasons: [...result.reasons, `first error: ${hostile}`],
      anomalies: [...leaked, ...result.anomalies],
      environment: { node: "v22.11.0", [hostile]: hostile },
    },
    history,
  };
}

/** Stopped before anything was measured. */
export function interruptedRun(): SyntheticReport {
  return { result: emptyResult, history: null };
}
