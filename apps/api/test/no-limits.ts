import type { LimitSettings } from "../src/limits/limit-settings.ts";

/** Everything is let through; a test of a limit sets that one. */
export const noLimits: LimitSettings = {
  callsPerCaller: 0,
  callsPerService: 0,
  requestsPerAddress: 0,
  concurrentRequests: 0,
  connections: 0,
  eventLoopDelayMs: 0,
  arrivalMs: 30_000,
};
