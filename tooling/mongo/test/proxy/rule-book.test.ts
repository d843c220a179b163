import { describe, expect, it } from "vitest";
import type { ResolvedRule } from "../../src/proxy/active-rule.ts";
import { ruleBook } from "../../src/proxy/rule-book.ts";

type Rule = ResolvedRule<string, string>;

const always: Rule = {
  fits: () => true,
  when: "before",
  times: "always",
  every: 1,
  fault: "reset",
  name: "the rule of this test",
};

async function ends(
  rules: readonly Rule[],
  requests: readonly string[],
): Promise<readonly (string | null)[]> {
  const book = ruleBook<string, string>();
  for (const rule of rules) book.add(rule);
  const outcomes: (string | null)[] = [];
  for (const request of requests) outcomes.push(await book.applied("before", request));
  return outcomes;
}

describe("rules", () => {
  it("apply to what they fit, at their moment", async () => {
    const book = ruleBook<string, string>();
    const rule = book.add({ ...always, when: "after", fits: (request) => request === "insert" });
    expect(await book.applied("before", "insert")).toBeNull();
    expect(await book.applied("after", "find")).toBeNull();
    expect(await book.applied("after", "insert")).toBe("reset");
    expect(rule.hits()).toBe(1);
  });

  it("apply in their order: the first that ends a request is the last", async () => {
    const first = { ...always, times: 1, fault: "one" };
    const second = { ...always, fault: "two" };
    expect(await ends([first, second], ["a", "b"])).toEqual(["one", "two"]);
  });

  it.each([
    [1, 1, "x....."],
    [2, 1, "xx...."],
    ["always", 1, "xxxxxx"],
    ["always", 2, "x.x.x."],
    ["always", 3, "x..x.."],
    [1, 3, "x....."],
    [2, 3, "x..x.."],
  ] as const)("strike %s times, of every %i one", async (times, every, expected) => {
    const outcomes = await ends([{ ...always, times, every }], Array.from("abcdef"));
    expect(outcomes.map((end) => (end === null ? "." : "x")).join("")).toBe(expected);
  });

  it("count only what they fit", async () => {
    const rule = { ...always, every: 2, fits: (request: string) => request !== "look" };
    expect(await ends([rule], ["a", "look", "look", "b", "c"])).toEqual(["reset", null, null, null, "reset"]);
  });

  it("hold a request until they are lifted, and then strike no more", async () => {
    const book = ruleBook<string, string>();
    const held = book.add({ ...always, fault: "hold" });
    let isThrough = false;
    const request = book.applied("before", "insert").then(() => (isThrough = true));
    await held.reached();
    expect(isThrough).toBe(false);
    held.lift();
    await request;
    expect(await book.applied("before", "insert")).toBeNull();
    expect(held.hits()).toBe(1);
  });

  it("that are made while a request is held come after the hold", async () => {
    const book = ruleBook<string, string>();
    const held = book.add({ ...always, fault: "hold" });
    const request = book.applied("before", "insert");
    book.add(always);
    held.lift();
    expect(await request).toBe("reset");
  });

  it("say for what they have waited in vain", async () => {
    const book = ruleBook<string, string>();
    const rule = book.add(always);
    await book.applied("before", "insert");
    await expect(rule.reached(2, 1)).rejects.toThrow("the rule of this test struck 1 times of 2 within 1 ms");
    await rule.reached();
  });

  it("end with the block that they were made in", async () => {
    const book = ruleBook<string, string>();
    {
      using _rule = book.add(always);
      expect(await book.applied("before", "insert")).toBe("reset");
    }
    expect(await book.applied("before", "insert")).toBeNull();
  });
});
