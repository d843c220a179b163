import { describe, expect, test } from "vitest";
import { canBeExplained } from "./search-order.ts";
import {
  created,
  found,
  got,
  merged,
  numbered,
  resolved,
  stored,
  type Told,
  unanswered,
} from "../checker/told.ts";

// The search is what the checker is measured by: these are the cases by which a person can see that it is right.

function explained(
  calls: readonly Told[],
  { initial = [] as string[], audit = null as ReturnType<typeof stored> | null } = {},
) {
  return canBeExplained({ initial, operations: calls.map(numbered), audit });
}

describe("the search through all orders", () => {
  test("explains what happened one after the other", () => {
    expect(explained([])).toBe(true);
    expect(explained([found(null, 0, 1), created("x", 2, 3), got("x", 4, 5), found("x", 6, 7)])).toBe(true);
    expect(explained([created("x", 0, 1), found(null, 2, 3)])).toBe(false);
    expect(explained([created("x", 0, 1), created("x", 2, 3)])).toBe(false);
    expect(explained([created("x", 0, 1), got("y", 2, 3)])).toBe(false);
  });

  test("may order calls that overlap, or that meet at one instant, as it likes", () => {
    expect(explained([got("x", 0, 5), created("x", 5, 9)])).toBe(true);
    expect(explained([got("x", 0, 4), created("x", 5, 9)])).toBe(false);
  });

  test("may let a call with unknown outcome happen at any later time, or never", () => {
    expect(explained([unanswered(created("x", 0, 1)), found(null, 2, 3), got("x", 4, 5)])).toBe(true);
    expect(explained([unanswered(created("x", 0, 1)), created("x", 2, 3)])).toBe(true);
    expect(explained([got("x", 0, 1), unanswered(created("x", 2, 3))])).toBe(false);
  });

  test("knows one chat from before, however many duplicates there were", () => {
    const initial = ["a", "b"];
    expect(explained([got("b", 0, 1), found("b", 2, 3)], { initial })).toBe(true);
    expect(explained([got("b", 0, 1), found("a", 2, 3)], { initial })).toBe(false);
    expect(explained([created("x", 0, 1)], { initial })).toBe(false);
    expect(explained([resolved("a", "a", 0, 1), resolved("b", "b", 0, 1)], { initial })).toBe(true);
  });

  test("follows a merge from the moment at which it happens", () => {
    const initial = ["a", "b"];
    const merge = merged("b", "a", 2, 4);
    expect(explained([resolved("b", "b", 3, 3), merge, resolved("b", "a", 3, 3)], { initial })).toBe(true);
    expect(explained([merge, resolved("b", "b", 5, 6)], { initial })).toBe(false);
    expect(explained([resolved("b", "a", 0, 1), merge], { initial })).toBe(false);
  });

  test("must end with what the database holds", () => {
    const calls = [created("x", 0, 1)];
    expect(explained(calls, { audit: stored(["x"]) })).toBe(true);
    expect(explained(calls, { audit: stored([]) })).toBe(false);
    expect(explained(calls, { audit: stored(["x", "y"]) })).toBe(false);
    const merge = { calls: [merged("b", "a", 0, 1)], initial: ["a", "b"] };
    expect(explained(merge.calls, { ...merge, audit: stored(["a"], { b: "a" }) })).toBe(true);
    expect(explained(merge.calls, { ...merge, audit: stored(["a", "b"]) })).toBe(false);
  });
});
