import { ChatError } from "@onechat/chat-domain";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { CallResult, TrafficObserver } from "../observe/traffic-observer.ts";

/** From what an idle process does to the deadline of a call. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Calls, answers and refusals. Labels come from closed sets (procedures, codes, routes, limits), never from what a
 * caller sends.
 */
export function trafficMetrics(registry: Registry): TrafficObserver {
  const registers = [registry];
  const calls = new Histogram({
    name: "onechat_call_duration_seconds",
    help: "Calls of procedures by how they ended: OK, a reason of the domain, or the name of a status",
    labelNames: ["procedure", "outcome"],
    buckets,
    registers,
  });
  const running = new Gauge({ name: "onechat_calls_in_flight", help: "Calls that run", registers });
  const answers = new Counter({
    name: "onechat_http_responses_total",
    help: "Answers to requests, by route",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const refusals = new Counter({
    name: "onechat_refused_total",
    help: "Requests and calls that a limit has refused",
    labelNames: ["limit"],
    registers,
  });
  return {
    async aroundCall(procedure, call) {
      const started = performance.now();
      running.inc();
      const result = await call().finally(() => running.dec());
      calls.observe({ procedure, outcome: outcomeOf(result) }, (performance.now() - started) / 1_000);
      return result;
    },
    answered: ({ method, route, status }) => answers.inc({ method, route: route ?? "none", status }),
    refused: (limit) => refusals.inc({ limit }),
  };
}

function outcomeOf({ ok, error }: CallResult): string {
  if (ok || error === undefined) return "OK";
  return error.cause instanceof ChatError ? error.cause.code : error.code;
}
