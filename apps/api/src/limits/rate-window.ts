import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { rateWindowSeconds } from "./limit-settings.ts";

/** Counts so many for `key`, one unless given; resolves with the milliseconds to wait when the window is used up, else with 0. */
export type RateWindow = (key: string, cost?: number) => Promise<number>;

/** A count per key and window, of this process alone; 0 points count nothing. */
export function rateWindow(points: number): RateWindow {
  if (points === 0) return async () => 0;
  const limiter = new RateLimiterMemory({ points, duration: rateWindowSeconds, keyPrefix: "" });
  return (key, cost = 1) => limiter.consume(key, cost).then(() => 0, waitOf);
}

function waitOf(refusal: unknown): number {
  if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
  throw refusal;
}
