export { machineLoad } from "./machine-load.ts";
export { until, type UntilOptions } from "./until.ts";
