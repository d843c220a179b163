import { tooManyRequests } from "@onechat/chat-router";
import type { Caller } from "../auth/caller.ts";
import type { LimitName, LimitSettings } from "./limit-settings.ts";
import { rateWindow } from "./rate-window.ts";

/**
 * Takes one call off the caller's quota.
 *
 * @throws TRPCError `TOO_MANY_REQUESTS` when nothing of it is left in this window
 */
export type ConsumeQuota = (caller: Caller) => Promise<void>;

/** Counted per call, not per request: a batch of twenty is twenty calls. */
export function callQuota(limits: LimitSettings, onRefused: (limit: LimitName) => void): ConsumeQuota {
  const [ofPeople, ofServices] = [rateWindow(limits.callsPerCaller), rateWindow(limits.callsPerService)];
  return async ({ id, actsForOthers }) => {
    const waitMs = await (actsForOthers ? ofServices : ofPeople)(id);
    if (waitMs === 0) return;
    onRefused("caller");
    throw tooManyRequests("this caller makes too many calls", waitMs);
  };
}
