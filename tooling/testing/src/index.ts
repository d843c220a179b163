export { type Chromium, findChromium } from "./chromium.ts";
export { freePort } from "./free-port.ts";
export { machineLoad } from "./machine-load.ts";
export { needs } from "./needs.ts";
export { rotated } from "./rotated.ts";
export { type Sample, sampleOf, seedOf } from "./sample.ts";
export { until, type UntilOptions } from "./until.ts";
