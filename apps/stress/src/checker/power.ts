import type { CheckedHistory } from "./checked-history.ts";

/** What must be there for the absence of anomalies to mean something, and is not; a sentence each. */
export function missingPower({ anomalies, contention, faults }: CheckedHistory): readonly string[] {
  const hasControl = contention.some(({ variant }) => variant === "naive");
  const isCaught = anomalies.some(({ variant }) => variant === "naive");
  return [
    ...(hasControl
      ? []
      : ["the naive control did not run: nothing shows that this run could have seen an anomaly"]),
    ...(hasControl && !isCaught
      ? ["the naive control was not caught: this load could not have shown an anomaly of onechat either"]
      : []),
    ...faults
      .filter(({ hit }) => hit === 0)
      .map(({ fault, target }) => `the fault ${fault} on ${target} hit nothing that was under way`),
  ];
}
