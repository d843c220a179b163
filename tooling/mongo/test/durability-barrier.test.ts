import { describe, expect, it } from "vitest";
import { durabilityBarrier } from "../src/host/durability-barrier.ts";

/** Journaled writes that end when the test says so. */
function journal(): {
  readonly begun: () => number;
  readonly write: () => Promise<void>;
  readonly end: (error?: Error) => Promise<void>;
} {
  const open: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let begun = 0;
  return {
    begun: () => begun,
    write: () =>
      new Promise((resolve, reject) => {
        begun += 1;
        open.push({ resolve, reject });
      }),
    async end(error) {
      const write = open.shift();
      if (error === undefined) write?.resolve();
      else write?.reject(error);
      await settled();
    },
  };
}

function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

describe("the durability barrier", () => {
  it("begins a journaled write at once for the first that waits", async () => {
    const { begun, write, end } = journal();
    const passed = durabilityBarrier(write).passed();
    expect(begun()).toBe(1);
    await end();
    await passed;
  });

  it("lets all that come meanwhile share the next, never the one under way", async () => {
    const { begun, write, end } = journal();
    const barrier = durabilityBarrier(write);
    const passed: string[] = [];
    const first = barrier.passed().then(() => passed.push("first"));
    const second = barrier.passed().then(() => passed.push("second"));
    const third = barrier.passed().then(() => passed.push("third"));
    await end();
    expect(passed).toEqual(["first"]);
    expect(begun()).toBe(2);
    await end();
    await Promise.all([first, second, third]);
    expect(passed).toEqual(["first", "second", "third"]);
    expect(begun()).toBe(2);
  });

  it("fails those that waited for the write that failed, and only those", async () => {
    const { write, end } = journal();
    const barrier = durabilityBarrier(write);
    const outcomes = Promise.allSettled([barrier.passed(), barrier.passed()]);
    await end(new Error("disk full"));
    await end();
    expect(await outcomes).toMatchObject([{ status: "rejected" }, { status: "fulfilled" }]);
    const later = barrier.passed();
    await end();
    await later;
  });

  it("is clean until a write begins, and again once a later barrier has passed", async () => {
    const { write, end } = journal();
    const barrier = durabilityBarrier(write);
    expect(barrier.isClean()).toBe(true);
    const ended = barrier.writeBegins();
    expect(barrier.isClean()).toBe(false);
    ended();
    expect(barrier.isClean()).toBe(false);
    const passed = barrier.passed();
    await end();
    await passed;
    expect(barrier.isClean()).toBe(true);
  });

  it("is not clean when a write was answered while the barrier was under way", async () => {
    const { write, end } = journal();
    const barrier = durabilityBarrier(write);
    const ended = barrier.writeBegins();
    const passed = barrier.passed();
    ended();
    await end();
    await passed;
    expect(barrier.isClean()).toBe(false);
  });

  it("is not clean after a barrier that failed", async () => {
    const { write, end } = journal();
    const barrier = durabilityBarrier(write);
    barrier.writeBegins()();
    const outcomes = Promise.allSettled([barrier.passed()]);
    await end(new Error("disk full"));
    expect(await outcomes).toMatchObject([{ status: "rejected", reason: { message: "disk full" } }]);
    expect(barrier.isClean()).toBe(false);
  });
});
