import type { ControlCall, MachineReading } from "../history/history-line.ts";

/**
 * Callers under a fault wait a second, for up to four answers of the database one after the other. Where a plain write
 * alone takes a quarter of that, or a timer is so late, nobody can be expected to be answered.
 */
const limitMs = 250;

/** Of the control calls, those that say something of the machine: an API that is silent may be what is looked for. */
const telling = ["database", "hop"] as const satisfies readonly ControlCall[];

export interface Interval {
  readonly from: number;
  readonly until: number;
}

/** What was measured in times of calm alone: what began before may tell of a fault. */
export function calmReadings(
  readings: readonly MachineReading[],
  calms: readonly Interval[],
): readonly MachineReading[] {
  return readings.filter((reading) =>
    calms.some(({ from, until }) => reading.from >= from && reading.from < until),
  );
}

export function readingsDuring(
  readings: readonly MachineReading[],
  { from, until }: Interval,
): readonly MachineReading[] {
  return readings.filter((reading) => reading.from <= until && reading.until >= from);
}

export function isSlow(reading: MachineReading): boolean {
  return reading.timersLateMs > limitMs || telling.some((call) => (waitedMs(reading, call) ?? 0) > limitMs);
}

export function slowMsDuring(readings: readonly MachineReading[], { from, until }: Interval): number {
  const slow = calmReadings(readings, [{ from, until }]).filter(isSlow);
  return slow.reduce((sum, reading) => sum + Math.min(reading.until, until) - reading.from, 0) / 1e6;
}

/** How long the answer took, or was waited for in vain; `null` where nobody asked. */
function waitedMs({ tookMs, from, until }: MachineReading, call: ControlCall): number | null {
  const took = tookMs[call];
  if (took === undefined) return null;
  return took ?? (until - from) / 1e6;
}

/** For people: the worst of some readings. */
export function figuresText(readings: readonly MachineReading[]): string {
  const asked = (call: ControlCall, what: string): readonly string[] =>
    readings.some(({ tookMs }) => tookMs[call] !== undefined)
      ? [`${what} took up to ${worst(readings.map((reading) => waitedMs(reading, call)))} ms`]
      : [];
  return [
    ...asked("database", "a plain write"),
    ...asked("hop", "a ping on the way of the calls"),
    ...asked("api", "a sign of life of the API"),
    `timers were up to ${worst(readings.map(({ timersLateMs }) => timersLateMs))} ms late`,
  ].join(", ");
}

function worst(figures: readonly (number | null)[]): string {
  return Math.max(0, ...figures.map((figure) => figure ?? 0)).toFixed(0);
}
