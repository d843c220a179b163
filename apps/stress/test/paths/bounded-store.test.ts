import { describe, expect, it } from "vitest";
import { boundedStore } from "../../src/paths/bounded-store.ts";
import { outcomeOfError } from "../../src/paths/outcome-of-error.ts";
import type { OpenStore } from "../../src/variants/chat-store.ts";

const pair = { participants: ["ann", "bob"], scope: "" };
const never = (): Promise<never> => new Promise(() => undefined);

function store(answers: Partial<OpenStore>): OpenStore {
  return {
    ensure: () => Promise.resolve({ id: "x", created: true }),
    find: () => Promise.resolve("x"),
    resolve: () => Promise.resolve("x"),
    prepare: () => Promise.resolve(),
    warmUp: () => Promise.resolve(),
    writesSent: () => 3,
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...answers,
  };
}

describe("a store for callers who do not wait for ever", () => {
  it("answers as the store does", async () => {
    const bounded = boundedStore(store({ resolve: () => Promise.reject(new Error("no such chat")) }), 60_000);
    expect(await bounded.ensure(pair)).toEqual({ id: "x", created: true });
    expect(await bounded.find(pair)).toBe("x");
    await expect(bounded.resolve("x", pair)).rejects.toThrow("no such chat");
    expect(bounded.writesSent()).toBe(3);
  });

  it("gives up a call that hangs, of which nobody knows what becomes", async () => {
    const bounded = boundedStore(store({ ensure: never }), 1);
    const error = await bounded.ensure(pair).catch((thrown: unknown) => thrown);
    expect(outcomeOfError(error, null)).toEqual({
      outcome: "unknown",
      error: { reason: "TIMEOUT", message: "there was no answer within 5 ms" },
    });
  });

  it("begins even if its store cannot warm up", async () => {
    await expect(boundedStore(store({ warmUp: never }), 1).warmUp()).resolves.toBeUndefined();
  });
});
