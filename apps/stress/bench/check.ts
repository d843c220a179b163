import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHistory } from "../src/checker/check-history.ts";
import { readHistory } from "../src/history/read-history.ts";
import { openHistory } from "../src/history/write-history.ts";
import type { Operation } from "../src/history/operation.ts";

// Writes a history of a million operations on 100,000 keys, then reads and checks it as `stress check` does.

const keys = 100_000;
const callsPerKey = 10;

async function writeLongHistory(path: string): Promise<void> {
  await using history = await openHistory(path);
  history.write({
    type: "history",
    version: 1,
    run: "bench",
    seed: 1,
    profile: "bench",
    startedAt: new Date().toISOString(),
  });
  for (let key = 0; key < keys; key += 1) {
    writeKey(key);
    await history.settled();
  }
  history.write({ type: "end", operations: keys * callsPerKey, registers: keys, audited: true });

  function writeKey(number: number): void {
    const key = `ours http fresh ${number}`;
    const participants = [`user-${number}-a`, `user-${number}-b`];
    const id = number.toString(16).padStart(24, "0");
    history.write({
      type: "register",
      key,
      variant: "ours",
      path: "http",
      workload: "fresh",
      participants,
      scope: "",
      initial: [],
    });
    for (let call = 0; call < callsPerKey; call += 1) history.write(operation(number, call, { key, id }));
    history.write({ type: "audit", key, live: [{ id, participants, scope: "" }], redirects: [] });
  }
}

function operation(
  number: number,
  call: number,
  { key, id }: { readonly key: string; readonly id: string },
): Operation {
  const start = number * 1_000_000 + call * 10_000;
  const isUnknown = call === 7 && number % 10 === 0;
  return {
    type: "op",
    op: number * callsPerKey + call + 1,
    key,
    kind: "ensure",
    process: `worker-${call % 4}`,
    intended: null,
    start,
    end: start + 2_000_000,
    outcome: isUnknown ? "unknown" : "ok",
    id: isUnknown ? null : id,
    created: isUnknown ? null : call === 0,
    asked: null,
    error: isUnknown ? { reason: "ECONNRESET", message: "read ECONNRESET" } : null,
  };
}

const directory = await mkdtemp(join(tmpdir(), "stress-bench-"));
try {
  const path = join(directory, "history.ndjson.gz");
  const started = performance.now();
  await writeLongHistory(path);
  const written = performance.now();
  const before = process.cpuUsage();
  const history = await readHistory(path);
  const read = performance.now();
  const { anomalies, problems } = checkHistory(history);
  const checked = performance.now();
  const cpu = process.cpuUsage(before);
  const seconds = (from: number, to: number): string => `${((to - from) / 1_000).toFixed(2)} s`;
  process.stdout.write(
    `${history.operations.length} operations, ${anomalies.length} anomalies, ${problems.length} problems\n` +
      `written in ${seconds(started, written)}: ${((await stat(path)).size / 1e6).toFixed(0)} MB\n` +
      `read in ${seconds(written, read)}, checked in ${seconds(read, checked)}: ` +
      `${seconds(written, checked)}, ${(cpu.user / 1e6).toFixed(2)} s of processor time\n` +
      `${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB resident at most\n`,
  );
} finally {
  await rm(directory, { recursive: true });
}
