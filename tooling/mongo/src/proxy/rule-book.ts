import { setTimeout as sleep } from "node:timers/promises";
import { ActiveRule, type ResolvedRule, type RuleHandle } from "./active-rule.ts";
import type { Moment } from "./rule.ts";

export interface RuleBook<Request, End> {
  add(rule: ResolvedRule<Request, End>): RuleHandle;
  /** Puts the request off as the rules say; how it ends by them, or `null` when it goes on. */
  applied(when: Moment, request: Request): Promise<End | null>;
}

/**
 * Rules apply in the order in which they were made, and the first that ends a request is the last that applies. One
 * that is made while a request is held comes after the hold: what becomes of it can be decided then.
 */
export function ruleBook<Request, End extends string | object>(): RuleBook<Request, End> {
  const rules = new Set<ActiveRule<Request, End>>();
  return {
    add(rule) {
      const active = new ActiveRule<Request, End>(rule);
      rules.add(active);
      void active.lifted.then(() => rules.delete(active));
      return active;
    },
    async applied(when, request) {
      for (const active of rules) {
        if (!active.strikes(when, request)) continue;
        const { fault } = active.rule;
        if (fault === "hold") await active.lifted;
        else if (typeof fault === "object" && "delayMs" in fault)
          await sleep(fault.delayMs, undefined, { ref: false });
        else return fault;
      }
      return null;
    },
  };
}
