import { type History, historyOf } from "../../src/history/history.ts";
import type { FaultEvent, HistoryLine, Register, Workload } from "../../src/history/history-line.ts";
import type { Operation, Path, Variant } from "../../src/history/operation.ts";
import { type SeededRandom, seededRandom } from "../../src/speed/seeded-random.ts";

export interface Burst {
  readonly variant: Variant;
  readonly path: Path;
  readonly workload: Workload;
  readonly keys: number;
  readonly callers: number;
  /** Of a call, typically. */
  readonly ms: number;
  /** When the first key is called for; the next ones follow every `everyMs`. */
  readonly fromMs: number;
  readonly everyMs: number;
  /** Every so many keys get two chats; 0 for none. */
  readonly splitEvery?: number;
}

export interface SyntheticRun {
  readonly bursts: readonly Burst[];
  /** Calls under way in these milliseconds end as unknown. */
  readonly faults: readonly (FaultEvent & { readonly untilMs: number })[];
}

const processes = 4;

/** Bursts of create-or-get for one key after the other, as a right or a broken implementation answers them. */
export function syntheticHistory({ bursts, faults }: SyntheticRun): History {
  const random = seededRandom(11, "synthetic history");
  const lines: HistoryLine[] = [];
  let op = 0;
  for (const [index, burst] of bursts.entries())
    for (let n = 0; n < burst.keys; n += 1) {
      const register = registerOf(burst, `${index}-${n}`);
      lines.push(register);
      const isSplit = (burst.splitEvery ?? 0) > 0 && n % (burst.splitEvery ?? 1) === 0;
      const calls = callsOf(burst, register.key, { random, from: burst.fromMs + n * burst.everyMs, isSplit });
      for (const call of calls) lines.push({ ...struck(call, faults), op: (op += 1) });
    }
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
    ...faults.flatMap(({ untilMs, ...fault }): FaultEvent[] => [
      fault,
      { ...fault, event: "heal", at: untilMs * 1e6 },
    ]),
    {
      type: "end",
      operations: op,
      registers: lines.filter(({ type }) => type === "register").length,
      audited: true,
    },
  ]);
}

function registerOf({ variant, path, workload }: Burst, name: string): Register {
  return {
    type: "register",
    key: `${variant}/${path}/${workload}/${name}`,
    variant,
    path,
    workload,
    participants: [`alice-${name}`, `bob-${name}`],
    scope: "",
    initial: [],
  };
}

interface Calling {
  readonly random: SeededRandom;
  readonly from: number;
  readonly isSplit: boolean;
}

/** The first call to reach the database creates; whoever reaches it later finds. */
function callsOf(burst: Burst, key: string, { random, from, isSplit }: Calling): readonly Operation[] {
  const duration = (): number =>
    burst.ms * Math.exp((random.unit() + random.unit() + random.unit() - 1.5) * 1.1);
  const calls = Array.from({ length: burst.callers }, (_, caller) => {
    const start = from + random.unit() * burst.ms * 0.3;
    const took = duration();
    return { caller, start, reached: start + took * random.unit(), end: start + took };
  }).toSorted((a, b) => a.reached - b.reached);
  return calls.map(({ caller, start, end }, rank) => ({
    type: "op",
    op: 0,
    key,
    kind: "ensure",
    process: `w${caller % processes}`,
    intended: null,
    start: Math.round(start * 1e6),
    end: Math.round(end * 1e6),
    outcome: "ok",
    id: `65f0c0ffee${key.length}${key.slice(-3)}${isSplit && rank % 2 === 1 ? "bb" : "aa"}`,
    created: rank === 0 || (isSplit && rank === 1),
    asked: null,
    error: null,
  }));
}

function struck(call: Operation, faults: SyntheticRun["faults"]): Operation {
  const hits = faults.some(({ at, untilMs }) => call.end > at && call.start < untilMs * 1e6);
  if (!hits) return call;
  const error = { reason: "ECONNRESET", message: "socket hang up" };
  return { ...call, outcome: "unknown", id: null, created: null, end: call.end + 40e6, error };
}
