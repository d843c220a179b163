/** For places on a logarithmic axis: only at 1, 2 and 5 of each decade, as all nine would overlap. */
export function millisecondsText(ms: number | null): string {
  if (ms === null) return "";
  const lead = Number(ms.toExponential(6).split("e")[0]);
  if (![1, 2, 5].includes(lead)) return "";
  return ms >= 1_000 ? `${Number((ms / 1_000).toPrecision(3))} s` : `${Number(ms.toPrecision(3))} ms`;
}
