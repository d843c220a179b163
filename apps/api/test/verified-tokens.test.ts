import { describe, expect, it } from "vitest";
import { rememberVerified } from "../src/auth/verified-tokens.ts";

/** Tokens that expire after so many seconds, and how often each was verified. */
function verifier(lifetime: number, max = 100) {
  let now = 1_000_000;
  const verified: string[] = [];
  const verify = rememberVerified(
    async (token) => {
      verified.push(token);
      if (token === "bad") throw new Error("not accepted");
      const caller = { id: token, actsForOthers: false, administers: false };
      return { caller, expires: 1_000 + lifetime };
    },
    { now: () => now, max },
  );
  return {
    verify,
    verified,
    pass: (milliseconds: number): void => {
      now += milliseconds;
    },
  };
}

describe("a token that was verified", () => {
  it("is not verified again for a minute", async () => {
    const { verify, verified, pass } = verifier(3_600);
    expect(await verify("alice")).toMatchObject({ id: "alice" });
    pass(59_999);
    expect(await verify("alice")).toMatchObject({ id: "alice" });
    expect(verified).toEqual(["alice"]);
    pass(1);
    await verify("alice");
    expect(verified).toEqual(["alice", "alice"]);
  });

  it("is verified again from shortly before it expires", async () => {
    const { verify, verified, pass } = verifier(20);
    await verify("alice");
    pass(14_999);
    await verify("alice");
    pass(1);
    await verify("alice");
    expect(verified).toHaveLength(2);
  });

  it("says nothing of other tokens, and a refused one is never remembered", async () => {
    const { verify, verified } = verifier(3_600);
    await verify("alice");
    expect(await verify("bob")).toMatchObject({ id: "bob" });
    await expect(verify("bad")).rejects.toThrow("not accepted");
    await expect(verify("bad")).rejects.toThrow("not accepted");
    expect(verified).toEqual(["alice", "bob", "bad", "bad"]);
  });

  it("is verified each time when it is about to expire, or has", async () => {
    for (const lifetime of [5.001, 5, 4, 0, -3]) {
      const { verify, verified } = verifier(lifetime);
      await verify("alice");
      await verify("alice");
      expect(verified).toEqual(["alice", "alice"]);
    }
  });

  it("is kept when there are too many and it is in use, and those that are not go first", async () => {
    const { verify, verified } = verifier(3_600, 2);
    for (const token of ["a", "b", "a", "c", "a", "b"]) await verify(token);
    expect(verified).toEqual(["a", "b", "c", "b"]);
  });

  it("is forgotten when there are too many, the oldest first", async () => {
    const { verify, verified } = verifier(3_600, 2);
    for (const token of ["a", "b", "c", "b", "c", "a"]) await verify(token);
    expect(verified).toEqual(["a", "b", "c", "a"]);
  });
});
