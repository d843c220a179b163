import { ratioText } from "../ratio.ts";
import type { BurstResult } from "./burst.ts";
import type { CeilingResult } from "./ceiling.ts";
import type { HeavyResult } from "./heavy.ts";
import type { LoadResult } from "./load-rounds.ts";

export function loadText({ workload, callers, variants }: LoadResult): string {
  const lines = variants.map((variant) => {
    const { name, perSecond, p50, p99, cpuPerCall } = variant;
    const figures = [
      name.padEnd(20),
      `${perSecond.toFixed(0).padStart(7)}/s`,
      `p50 ${p50.toFixed(2).padStart(8)} ms`,
      `p99 ${p99.toFixed(2).padStart(8)} ms`,
      `cpu ${cpuPerCall.toFixed(0).padStart(5)} µs`,
      `ours × ${ratioText(variant)}`,
      `p50 × ${ratioText(variant.p50Ratio)}`,
    ];
    return `  ${figures.join("  ")}`;
  });
  return [`\n${workload}, ${callers} callers`, ...lines].join("\n");
}

export function burstText({ callers, variants }: BurstResult): string {
  const lines = variants.map(
    (variant) =>
      `  ${variant.name.padEnd(20)}  ${variant.wallMs.toFixed(2).padStart(9)} ms  ours × ${ratioText(variant)}`,
  );
  return [`\none new chat, ${callers} callers at the same moment`, ...lines].join("\n");
}

export function ceilingText({ callers, variants }: CeilingResult): string {
  const lines = variants.map(
    (variant) =>
      `  ${variant.name.padEnd(20)}  ${variant.perSecond.toFixed(0).padStart(7)}/s  bare × ${ratioText(variant)}`,
  );
  return [`\nnew chats and the bare writes of them, ${callers} callers`, ...lines].join("\n");
}

export function heavyText({ work, beside, ...ratio }: HeavyResult): string {
  return `${work}: ${ratioText(ratio)} times as long as ${beside}`;
}
