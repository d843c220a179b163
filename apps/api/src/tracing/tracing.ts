export { startTracing } from "./start-tracing.ts";
export { spanFields, traced } from "./traced.ts";
