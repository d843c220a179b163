import type { WireRequest } from "../wire/wire-request.ts";
import type { RuleHandle } from "./active-rule.ts";
import type { CommandEnd } from "./exchange.ts";
import { refusalsOf } from "./refused-statements.ts";
import { resolved } from "./resolved.ts";
import { CommandSelection, WireRule } from "./rule.ts";
import { type RuleBook, ruleBook } from "./rule-book.ts";
import { type SeenCommand, type SeenCommands, seenCommands, selects } from "./seen-commands.ts";

/** What a test does with a proxy in front of a database. */
export interface CommandControl {
  /**
   * Makes something happen to commands; rules apply in the order in which they are made.
   *
   * @throws Error that names what is wrong with the rule
   */
  rule(rule: WireRule): RuleHandle;
  /**
   * The commands that have arrived, in their order.
   *
   * @throws Error when there were more than are remembered
   */
  seen(selection?: CommandSelection): readonly SeenCommand[];
}

/** The rules and the memory that all connections through a proxy share. */
export interface CommandRules {
  readonly rules: RuleBook<WireRequest, CommandEnd>;
  readonly record: SeenCommands;
  readonly control: CommandControl;
}

/** @param remember how many commands {@link CommandControl.seen} knows */
export function commandRules(remember: number): CommandRules {
  const rules = ruleBook<WireRequest, CommandEnd>();
  const record = seenCommands(remember);
  return {
    rules,
    record,
    control: {
      rule(given) {
        const { commands, collections, matches, ...rest } = resolved(WireRule, "the rule", given);
        const selection = { commands, collections, matches };
        const { fault } = rest;
        const isPossible = (request: WireRequest): boolean =>
          typeof fault === "string" ||
          !("writeErrors" in fault) ||
          refusalsOf(request, fault.writeErrors).length > 0;
        const fits = (request: WireRequest): boolean => selects(selection, request) && isPossible(request);
        return rules.add({ ...rest, fits, name: nameOf(selection) });
      },
      seen: (selection = {}) => record.selected(resolved(CommandSelection, "the selection", selection)),
    },
  };
}

function nameOf({ commands, collections }: CommandSelection): string {
  const of = collections === undefined ? "" : ` of ${collections.join(", ")}`;
  return `the rule for ${commands?.join(", ") ?? "all commands"}${of}`;
}
