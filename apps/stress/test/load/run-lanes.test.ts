import { describe, expect, it } from "vitest";
import type { Store } from "../../src/stores/store.ts";
import type { DueCall, SeenOperation } from "../../src/load/orders.ts";
import { runLanes } from "../../src/load/lanes.ts";

const second = 1e9;
const call: DueCall = {
  key: "k",
  kind: "ensure",
  participants: ["ann", "bob"],
  scope: "",
  asked: null,
  patienceMs: null,
};

interface Told {
  /** When a call of the store is answered; those before fail, each after a second. */
  readonly answersFrom: number;
  readonly stoppedAt?: number;
}

/** One caller with two calls who does not give up for ten seconds, on a clock that moves with each call alone. */
async function callsOf({ answersFrom, stoppedAt }: Told): Promise<readonly SeenOperation[]> {
  let now = 0;
  const operations: SeenOperation[] = [];
  const store: Store = {
    ensure() {
      now += second;
      return now < answersFrom
        ? Promise.reject(new Error("not now"))
        : Promise.resolve({ id: "x", created: false });
    },
  };
  await runLanes([{ route: "way", due: null, calls: [call, call] }], 0, {
    storeOf: () => ({ store, timeoutMs: 10_000 }),
    clock: { now: () => now },
    manner: { persistMs: 10_000, pauseMs: 0 },
    stoppedAt: () => (stoppedAt !== undefined && now >= stoppedAt ? stoppedAt : null),
    onOperation: (operation) => operations.push(operation),
  });
  return operations;
}

describe("a caller who does not give up", () => {
  it("asks again until there is an answer, then goes on", async () => {
    const operations = await callsOf({ answersFrom: 4 * second });
    expect(operations.map(({ outcome }) => outcome)).toEqual(["unknown", "unknown", "unknown", "ok", "ok"]);
  });

  it("leaves a question for which its patience is over, and goes on with the next one", async () => {
    const operations = await callsOf({ answersFrom: 99 * second });
    expect(operations).toHaveLength(20);
  });

  it("begins nothing new when it is told to stop, and is patient anew from then on", async () => {
    const answered = await callsOf({ answersFrom: 18 * second, stoppedAt: 9 * second });
    expect(answered.at(-1)).toMatchObject({ outcome: "ok", end: 18 * second });
    expect(answered).toHaveLength(18);
    const unanswered = await callsOf({ answersFrom: 99 * second, stoppedAt: 9 * second });
    expect(unanswered.at(-1)).toMatchObject({ outcome: "unknown", end: 19 * second });
  });
});

describe("a call that hangs", () => {
  it("is given up when its caller's patience is over, and the store is told", async () => {
    const operations: SeenOperation[] = [];
    let told: unknown = null;
    const store: Store = {
      ensure: (_, { signal } = {}) =>
        new Promise(() => signal?.addEventListener("abort", () => (told = signal.reason))),
    };
    await runLanes([{ route: "way", due: null, calls: [{ ...call, patienceMs: 5 }] }], 0, {
      storeOf: () => ({ store, timeoutMs: 10_000 }),
      clock: { now: () => 0 },
      manner: { persistMs: 0, pauseMs: 0 },
      stoppedAt: () => null,
      onOperation: (operation) => operations.push(operation),
    });
    expect(operations).toMatchObject([{ outcome: "unknown", error: { reason: "TIMEOUT" } }]);
    expect(told).toMatchObject({ name: "TimeoutError" });
  });
});
