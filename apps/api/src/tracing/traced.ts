import { SpanStatusCode, trace } from "@opentelemetry/api";
import type { TrafficObserver } from "../observe/traffic-observer.ts";

/** A span for every call of a procedure: a batch is one request with several of them. */
export function traced(observer: TrafficObserver): TrafficObserver {
  const tracer = trace.getTracer("onechat-api");
  return {
    ...observer,
    aroundCall: (procedure, call) =>
      tracer.startActiveSpan(procedure, { attributes: { "rpc.method": procedure } }, async (span) => {
        try {
          const result = await observer.aroundCall(procedure, call);
          if (!result.ok) span.setStatus({ code: SpanStatusCode.ERROR, message: result.error?.code ?? "" });
          return result;
        } finally {
          span.end();
        }
      }),
  };
}

/** The ids of the span that a log line belongs to. */
export function spanFields(): Readonly<Record<string, string>> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
