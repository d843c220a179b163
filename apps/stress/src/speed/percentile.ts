/** The smallest sample that at least this share of the samples does not exceed; NaN without samples. */
export function percentile(sorted: Float64Array, share: number): number {
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] ?? Number.NaN;
}

/** A percentile with fewer than ten samples above it is a story about these few: it is not told. */
export function supportedPercentile(sorted: Float64Array, share: number): number | null {
  const above = Math.round(sorted.length * (1 - share) * 1e6) / 1e6;
  if (sorted.length === 0 || (share > 0.5 && above < 10)) return null;
  return percentile(sorted, share);
}
