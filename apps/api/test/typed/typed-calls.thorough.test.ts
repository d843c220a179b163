import { seedOf } from "@onechat/testing";
import { expect, it } from "vitest";
import { compareBothWays } from "./both-ways.ts";

it("thousands of typed calls are answered as tRPC's adapter answers them", async () => {
  const { requests, plain, succeeded } = await compareBothWays(4_000, seedOf(process.env));
  process.stdout.write(
    `${requests} requests, ${plain} answered without the adapter, ${succeeded} of those well\n`,
  );
  expect(requests).toBe(4_000);
  expect(plain).toBeGreaterThan(1_200);
  expect(succeeded).toBeGreaterThan(600);
});
