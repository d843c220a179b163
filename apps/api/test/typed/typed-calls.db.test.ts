import { expect, it } from "vitest";
import { compareBothWays } from "./both-ways.ts";

it("typed calls are answered as tRPC's adapter answers them, to the byte", async () => {
  const { requests, plain, succeeded } = await compareBothWays(200, 1);
  expect(requests).toBe(200);
  // Enough of them the short way, and enough of those to the end.
  expect(plain).toBeGreaterThan(60);
  expect(succeeded).toBeGreaterThan(20);
});
