import { z } from "zod";
import { parseThreshold } from "./parse-threshold.ts";
import { ThresholdSyntaxError } from "./scanner.ts";
import type { Threshold } from "./threshold.ts";

const Condition = z.union([
  z.string(),
  z.strictObject({ threshold: z.string(), severity: z.enum(["fail", "invalid"]).default("fail") }),
]);
type Condition = z.infer<typeof Condition>;

/** As in k6's options: metrics, each with its conditions. */
const ThresholdFile = z.strictObject({
  thresholds: z.record(z.string(), z.union([Condition.transform((one) => [one]), z.array(Condition)])),
});

/** `{"thresholds": {"latency{path:http}": ["p(99)<80", {"threshold": "max<2s", "severity": "invalid"}]}}` */
export function parseThresholdFile(text: string, name: string): readonly Threshold[] {
  const { thresholds } = contentOf(text, name);
  return Object.entries(thresholds).flatMap(([metric, conditions]) =>
    conditions.map((condition, i) =>
      thresholdOf(metric, condition, `${name}, thresholds[${JSON.stringify(metric)}][${i}]`),
    ),
  );
}

function contentOf(text: string, name: string): z.infer<typeof ThresholdFile> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ThresholdSyntaxError(`${name} is not JSON: ${String(error)}`, { cause: error });
  }
  const parsed = ThresholdFile.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ThresholdSyntaxError(
    `${name} is no file of thresholds, as in {"thresholds": {"latency{path:http}": ["p(99)<80"]}}:\n${z.prettifyError(parsed.error)}`,
  );
}

function thresholdOf(metric: string, condition: Condition, place: string): Threshold {
  if (typeof condition === "string") return parseThreshold(`${metric}: ${condition}`, place);
  const threshold = parseThreshold(`${metric}: ${condition.threshold}`, place);
  return condition.severity === "fail" ? threshold : { ...threshold, severity: condition.severity };
}
