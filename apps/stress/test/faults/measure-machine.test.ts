import { describe, expect, it } from "vitest";
import { measureMachine } from "../../src/faults/measure-machine.ts";

const { signal } = new AbortController();
const never = (): Promise<void> => new Promise(() => undefined);
const hold = (ms: number): void => {
  const from = performance.now();
  while (performance.now() - from < ms);
};

describe("one reading of the machine", () => {
  it("says how long each control call took", async () => {
    const { tookMs } = await measureMachine(
      { database: () => Promise.resolve(), api: async () => hold(20) },
      signal,
    );
    expect(Object.keys(tookMs)).toEqual(["database", "api"]);
    expect(tookMs.api).toBeGreaterThanOrEqual(20);
  });

  it("has no figure of a call that fails, or that hangs", async () => {
    const { tookMs } = await measureMachine(
      { database: () => Promise.reject(new Error("nobody listens")), hop: never },
      signal,
    );
    expect(tookMs).toEqual({ database: null, hop: null });
  });

  it("says how late the timers of the process were", async () => {
    const reading = measureMachine({}, signal);
    setTimeout(() => hold(400), 50);
    expect((await reading).timersLateMs).toBeGreaterThan(300);
  });

  it.each([5, 50])("says so too where all of them come at once, with one due after %i ms", async (due) => {
    const reading = measureMachine({}, signal);
    setTimeout(() => hold(400), due);
    hold(320);
    expect((await reading).timersLateMs).toBeGreaterThan(300);
  });

  it("ends when nobody wants to know any more", async () => {
    const over = new AbortController();
    const reading = measureMachine({ database: never }, over.signal);
    over.abort();
    expect((await reading).tookMs).toEqual({ database: null });
  });
});
