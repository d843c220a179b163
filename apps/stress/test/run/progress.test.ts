import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { progress, type ProgressSetting } from "../../src/run/progress.ts";

let written = "";
function setting(mode: ProgressSetting["mode"], columns = 80): ProgressSetting {
  return { mode, write: (text) => void (written += text), columns: () => columns, clock: () => Date.now() };
}

describe("progress", () => {
  beforeEach(() => {
    written = "";
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  it("is a line per step in a log, and one every few seconds while a step lasts", () => {
    using lines = progress(setting("plain"));
    lines.follow(() => ({ ok: 7, fail: 1, unknown: 2 }));
    lines.begin({ label: "hot", index: 1, of: 3 });
    vi.advanceTimersByTime(10_000);
    expect(written).toBe(
      "  0 s  1/3  hot  7 answered, 1 refused, 2 unknown\n 10 s  1/3  hot  7 answered, 1 refused, 2 unknown\n",
    );
  });

  it("says a step that has just begun only once, whenever the last line was", () => {
    using lines = progress(setting("plain"));
    lines.begin({ label: "hot", index: 1, of: 2 });
    vi.advanceTimersByTime(9_700);
    lines.begin({ label: "burst", index: 2, of: 2 });
    vi.advanceTimersByTime(9_900);
    expect(written.match(/burst/g)).toHaveLength(1);
    vi.advanceTimersByTime(100);
    expect(written.match(/burst/g)).toHaveLength(2);
  });

  it("is one line on a terminal, drawn over, no wider than it is, and gone at the end", () => {
    {
      using line = progress(setting("tty", 24));
      line.begin({ label: "a step with a long name", index: 1, of: 3 });
      vi.advanceTimersByTime(200);
      expect(written).not.toContain("\n");
      line.say("a note");
      expect(written.endsWith("\r\u001B[2Ka note\n")).toBe(true);
      vi.advanceTimersByTime(200);
    }
    expect(written.endsWith("\r\u001B[2K")).toBe(true);
    for (const drawn of written.split("\r\u001B[2K")) expect(drawn.trimEnd().length).toBeLessThan(24);
  });

  it("is JSON for programs, without repetitions", () => {
    using lines = progress(setting("json"));
    lines.say("a note");
    lines.begin({ label: "hot", index: 1, of: 3 });
    vi.advanceTimersByTime(60_000);
    const told = written
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(told).toEqual([
      { event: "note", text: "a note" },
      { event: "step", label: "hot", index: 1, of: 3, ok: 0, fail: 0, unknown: 0 },
    ]);
  });
});
