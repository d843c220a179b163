interface Tick {
  readonly at: number;
  readonly text: string;
}

/** About so many ticks at round instants, in nanoseconds. */
export function timeTicks(from: number, to: number, count: number): readonly Tick[] {
  const step = roundUp((to - from) / Math.max(count, 1));
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => {
    const at = (first + i) * step;
    return { at, text: tickText(at, step) };
  });
}

/** 1, 2 or 5 of a power of ten. */
function roundUp(span: number): number {
  const power = 10 ** Math.floor(Math.log10(span));
  const lead = span / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

const units = [
  ["s", 1e9],
  ["ms", 1e6],
  ["µs", 1e3],
  ["ns", 1],
] as const;

/** In the unit and with the digits that tell one step from the next. */
function tickText(nanoseconds: number, step: number): string {
  const [name, size] = units.find(([, length]) => step * 5 >= length) ?? units[3];
  const digits = Math.max(Math.ceil(-Math.log10(step / size) - 1e-9), 0);
  return `${(nanoseconds / size).toFixed(Math.min(digits, 3))} ${name}`;
}

/** To the nanosecond, in the unit that suits it. */
export function exactText(nanoseconds: number): string {
  const [name, size] = units.find(([, length]) => Math.abs(nanoseconds) >= length) ?? units[3];
  return `${Number((nanoseconds / size).toFixed(name === "s" ? 6 : 3))} ${name}`;
}
