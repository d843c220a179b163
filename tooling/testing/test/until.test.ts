import { describe, expect, it } from "vitest";
import { until } from "../src/index.ts";

const soon = { withinMs: 50, everyMs: 1 } as const;

describe("waiting for a condition", () => {
  it("gives what met it", async () => {
    let tries = 0;
    expect(await until("the third try", () => (++tries === 3 ? { tries } : null))).toEqual({ tries: 3 });
  });

  it("takes zero and an empty text for an answer", async () => {
    expect(await until("a number", () => 0)).toBe(0);
    expect(await until("a text", async () => "")).toBe("");
  });

  it("goes on when it throws or rejects, as a server that is not there yet makes it", async () => {
    let tries = 0;
    const refused = () => {
      if (++tries < 3) throw new Error("refused");
      return true;
    };
    expect(await until("a server", refused)).toBe(true);
    tries = 0;
    expect(await until("a server", async () => refused())).toBe(true);
  });

  it("says what it waited for, for how long, on what machine, and what was wrong last", async () => {
    await expect(until("the index", () => false, soon)).rejects.toThrow(
      /^waited 0\.\d s for the index; load \d+\.\d on \d+ cores; last: it was false$/,
    );
    const refusal = new Error("refused");
    await expect(until("a server", () => Promise.reject(refusal), soon)).rejects.toMatchObject({
      message: expect.stringMatching(/last: refused$/),
      cause: refusal,
    });
  });

  it("does not wait for ever for a condition that never answers", async () => {
    await expect(until("an answer", () => new Promise<never>(() => undefined), soon)).rejects.toThrow(
      /last: there was no answer$/,
    );
  });

  it("tries once more when time is up, because the machine may have slept meanwhile", async () => {
    let tries = 0;
    const blocked = () => {
      tries += 1;
      const end = performance.now() + 60;
      while (performance.now() < end);
      return tries === 2;
    };
    expect(await until("the second try", blocked, soon)).toBe(true);
  });
});
