import { describe, expect, it } from "vitest";
import type { MachineReading } from "../../src/history/history-line.ts";
import { type MeasureMachine, whileWatched } from "../../src/faults/measure-machine.ts";

/** A machine on which every measurement takes 10 ns, until nobody watches it. */
function machine() {
  const readings: Omit<MachineReading, "type">[] = [];
  let now = 0;
  let measured: () => void = () => undefined;
  const third = new Promise<void>((resolve) => (measured = resolve));
  const measure: MeasureMachine = async (calls, signal) => {
    now += 10;
    if (readings.length >= 2) {
      measured();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    }
    return { timersLateMs: 1, tookMs: "database" in calls ? { database: 4 } : {} };
  };
  const watch = {
    measure,
    calls: { database: () => Promise.resolve() },
    now: () => now,
    onReading: (reading: Omit<MachineReading, "type">) => void readings.push(reading),
  };
  return { readings, third, watch };
}

describe("while something goes on", () => {
  it("one reading follows the other without a gap, and the last one ends with it", async () => {
    const { readings, third, watch } = machine();
    await whileWatched(() => third, watch);
    expect(readings).toEqual(
      [0, 10, 20].map((from) => ({ from, until: from + 10, timersLateMs: 1, tookMs: { database: 4 } })),
    );
  });

  it("its own failure is what is heard of, after the last reading", async () => {
    const { readings, third, watch } = machine();
    const failing = async (): Promise<void> => {
      await third;
      throw new Error("it went wrong");
    };
    await expect(whileWatched(failing, watch)).rejects.toThrow("it went wrong");
    expect(readings).toHaveLength(3);
  });
});
