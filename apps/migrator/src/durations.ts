const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `500ms`, `5s`, `1.5m`, `2h` in milliseconds; `null` for anything else. A bare number says nothing, except 0. */
export function parseDuration(text: string): number | null {
  if (text === "0") return 0;
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = milliseconds[unit ?? ""];
  return factor === undefined ? null : Math.round(Number(amount) * factor);
}

/** Short, for people: `0.48 s`, `12.3 s`, `11m58s`, `2h05m`. */
export function durationText(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}h${twoDigits(m)}m` : `${m}m${twoDigits(s)}s`;
}

function twoDigits(n: number): string {
  return String(n).padStart(2, "0");
}
