import type { IncomingMessage } from "node:http";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { MongoDBInstrumentation } from "@opentelemetry/instrumentation-mongodb";
import { NodeSDK } from "@opentelemetry/sdk-node";

/**
 * Spans of requests and database commands, exported as OpenTelemetry's variables say. It has to start before the
 * modules that it instruments are loaded.
 */
export function startTracing(env: Readonly<Record<string, string | undefined>>): AsyncDisposable {
  const sdk = new NodeSDK({
    ...(namesService(env) ? {} : { serviceName: "onechat-api" }),
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = "" }) => /^\/(livez|readyz|metrics)\b/.test(url),
        disableOutgoingRequestInstrumentation: true,
        startIncomingSpanHook: withoutIds,
      }),
      // Values stay out of a command's statement unless that is asked for.
      new MongoDBInstrumentation({ enhancedDatabaseReporting: false }),
    ],
    // Logs and metrics have ways of their own.
    logRecordProcessors: [],
    metricReaders: [],
  });
  sdk.start();
  return { [Symbol.asyncDispose]: () => sdk.shutdown() };
}

/** Read by the SDK itself, which lets an option win over it. */
function namesService(env: Readonly<Record<string, string | undefined>>): boolean {
  return (
    /./.test(env["OTEL_SERVICE_NAME"] ?? "") || /\bservice\.name=/.test(env["OTEL_RESOURCE_ATTRIBUTES"] ?? "")
  );
}

/** Paths hold ids of chats, and the queries of tRPC ids of people: neither belongs into a trace. */
function withoutIds(request: object): Record<string, string> {
  const { url = "" } = request as IncomingMessage;
  const [, root = "", resource = ""] = (url.split("?")[0] ?? "").split("/");
  return { "url.path": `/${root}/${resource}`, "url.query": "" };
}
