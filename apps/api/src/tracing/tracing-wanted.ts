/**
 * Whether OpenTelemetry's own variables ask for traces: an exporter or an endpoint is named, and nothing says no.
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function tracingWanted(env: Readonly<Record<string, string | undefined>>): boolean {
  const exporter = env["OTEL_TRACES_EXPORTER"] ?? "";
  const endpoint = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] || env["OTEL_EXPORTER_OTLP_ENDPOINT"] || "";
  if (/^true$/i.test(env["OTEL_SDK_DISABLED"] ?? "") || exporter === "none") return false;
  return exporter !== "" || endpoint !== "";
}
