import { collectDefaultMetrics, Registry } from "prom-client";
import type { TrafficObserver } from "../observe/traffic-observer.ts";
import { type ProcessSources, processMetrics } from "./process-metrics.ts";
import { trafficMetrics } from "./traffic-metrics.ts";

export interface Metrics {
  readonly observer: TrafficObserver;
  readonly contentType: string;
  /** All of them, in Prometheus' text format. */
  readonly text: () => Promise<string>;
}

/** The metrics of this process: what comes in by itself is counted, what can be asked is asked when somebody looks. */
export function createMetrics(sources: ProcessSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  processMetrics(registry, sources);
  return {
    observer: trafficMetrics(registry),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
