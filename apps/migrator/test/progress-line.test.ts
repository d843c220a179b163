import type { MigrationEvent } from "@onechat/chat-domain/migrate";
import { describe, expect, it } from "vitest";
import { describeEvents } from "../src/describe-events.ts";
import { progressMeter } from "../src/progress-line.ts";
import { progressReporter } from "../src/progress-reporter.ts";

/** A clock that moves when told. */
function testClock(): { (): number; pass(ms: number): void } {
  let now = 0;
  return Object.assign(() => now, { pass: (ms: number) => void (now += ms) });
}

describe("the progress line", () => {
  it("tells share, rate, remaining time, batch and parked chats", () => {
    const clock = testClock();
    const meter = progressMeter("merge", clock);
    for (let done = 540; done <= 612_360; done += 540) {
      clock.pass(1_000);
      meter.add({ done, total: 1_000_000, batch: 620, batchMs: 480 });
    }
    expect(meter.line(3, 0)).toBe(
      "merge 61.2% 612 360/1 000 000 | 540/s | ETA 11m58s | batch 620 (0.48 s) | parked 3",
    );
    expect(meter.line(0, 10)).toMatch(/^merge \[#{6}-{4}\] 61\.2% /);
  });

  it("dares no remaining time before one percent is done, and none where the total is unknown", () => {
    const clock = testClock();
    const meter = progressMeter("backfill", clock);
    clock.pass(1_000);
    meter.add({ done: 99, total: 10_000, batch: 99, batchMs: 0 });
    expect(meter.line(0, 0)).toBe("backfill 1.0% 99/10 000 | 99/s | ETA N/A");
    clock.pass(1_000);
    meter.add({ done: 200, total: 10_000, batch: 101, batchMs: 0 });
    expect(meter.line(0, 0)).toContain("| 100/s | ETA 1m38s");
    meter.add({ done: 201, total: null, batch: 1, batchMs: 0 });
    expect(meter.line(0, 0)).not.toContain("ETA");
  });

  it("follows a change of speed, and does not count what an earlier run did", () => {
    const clock = testClock();
    const meter = progressMeter("backfill", clock);
    clock.pass(1_000);
    meter.add({ done: 500_100, total: 1_000_000, batch: 100, batchMs: 0 });
    expect(meter.line(0, 0)).toContain("| 100/s |");
    for (let second = 1; second <= 300; second += 1) {
      clock.pass(1_000);
      meter.add({ done: 500_100 + second * 1_000, total: 1_000_000, batch: 1_000, batchMs: 0 });
    }
    expect(meter.line(0, 0)).toContain("| 1 000/s |");
  });

  it("does not count time spent waiting for replicas", () => {
    const clock = testClock();
    const meter = progressMeter("merge", clock);
    clock.pass(1_000);
    meter.add({ done: 100, total: 1_000, batch: 100, batchMs: 0 });
    clock.pass(60_000);
    meter.skip();
    clock.pass(1_000);
    meter.add({ done: 200, total: 1_000, batch: 100, batchMs: 0 });
    expect(meter.line(0, 0)).toContain("| 100/s | ETA 8.00 s");
  });
});

describe("the progress reporter", () => {
  const run = (mode: "tty" | "plain" | "none", columns: number): string => {
    const clock = testClock();
    let written = "";
    const reporter = progressReporter({
      mode,
      columns: () => columns,
      clock,
      err: (text) => void (written += text),
    });
    reporter.begin("merge");
    for (let done = 10; done <= 1_000; done += 10) {
      clock.pass(100);
      reporter.add({ done, total: 1_000, batch: 10, batchMs: 100 });
      if (done === 500) reporter.say("a note");
    }
    reporter.end();
    return written;
  };

  it("draws over one line on a terminal, no wider than it, and clears it for notes and at the end", () => {
    const written = run("tty", 40);
    const frames = written.split("\r\u001B[2K");
    expect(frames.length).toBeGreaterThan(90);
    for (const frame of frames.filter((text) => !text.startsWith("a note")))
      expect(frame.length).toBeLessThan(40);
    expect(written).toContain("\r\u001B[2Ka note\n");
    expect(written.endsWith("\r\u001B[2K")).toBe(true);
  });

  it("writes a line every few seconds elsewhere, and only notes when told so", () => {
    const lines = run("plain", 40).trim().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines.filter((line) => line.startsWith("merge "))).toHaveLength(2);
    expect(run("none", 40)).toBe("a note\n");
  });

  it("says of settle what it does, where nothing has come late either", () => {
    const clock = testClock();
    let written = "";
    const err = (text: string): void => void (written += text);
    const progress = progressReporter({ mode: "plain", columns: () => 80, clock, err });
    const told = describeEvents({ progress, clock, mask: (text) => text });
    const counts = {} as Extract<MigrationEvent, { event: "progress" }>["counts"];
    told({ event: "phase.start", phase: "settle" });
    clock.pass(5_000);
    told({ event: "progress", phase: "settle", done: 1_000, total: null, counts, batch: 1_000, batchMs: 0 });
    expect(written).toBe("settle: looking at merged duplicates 1 000 | 200/s\n");
  });
});
