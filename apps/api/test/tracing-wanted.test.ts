import { describe, expect, it } from "vitest";
import { tracingWanted } from "../src/tracing/tracing-wanted.ts";

describe("tracing", () => {
  it.each([
    { env: {}, wanted: false },
    { env: { OTEL_SERVICE_NAME: "chats" }, wanted: false },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: "" }, wanted: false },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }, wanted: true },
    { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector:4318/v1/traces" }, wanted: true },
    { env: { OTEL_TRACES_EXPORTER: "console" }, wanted: true },
    { env: { OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector" }, wanted: false },
    { env: { OTEL_SDK_DISABLED: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector" }, wanted: false },
  ])("is on only when OpenTelemetry's variables ask for it: $env", ({ env, wanted }) => {
    expect(tracingWanted(env)).toBe(wanted);
  });
});
