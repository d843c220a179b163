import { tooManyRequests } from "@onechat/chat-router";
import type { Caller } from "../auth/caller.ts";
import type { LimitName, LimitSettings } from "./limit-settings.ts";
import { rateWindow } from "./rate-window.ts";

/**
 * Takes what a call costs off the caller's quota.
 *
 * @throws TRPCError `TOO_MANY_REQUESTS` when too little of it is left in this window
 */
export type ConsumeQuota = (caller: Caller, input: unknown) => Promise<void>;

/** A call with so many people costs as much as one; a new chat's work grows with them. */
const peoplePerPoint = 10;

/** What a call with this input costs, whatever is wrong with it. */
function pointsOf(input: unknown): number {
  if (typeof input !== "object" || input === null || !("participants" in input)) return 1;
  const { participants } = input;
  return Array.isArray(participants) ? Math.max(1, Math.ceil(participants.length / peoplePerPoint)) : 1;
}

/** Counted per call, not per request: a batch of twenty is twenty calls, and a call of a hundred people is ten. */
export function callQuota(limits: LimitSettings, onRefused: (limit: LimitName) => void): ConsumeQuota {
  const [ofPeople, ofServices] = [rateWindow(limits.callsPerCaller), rateWindow(limits.callsPerService)];
  const refuse = (waitMs: number): void => {
    if (waitMs === 0) return;
    onRefused("caller");
    throw tooManyRequests("this caller makes too many calls", waitMs);
  };
  return ({ id, actsForOthers }, input) =>
    (actsForOthers ? ofServices : ofPeople)(id, pointsOf(input)).then(refuse);
}
