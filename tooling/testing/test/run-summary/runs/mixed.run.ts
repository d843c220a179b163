import { beforeAll, describe, expect, it } from "vitest";
import { needs, until } from "../../../src/index.ts";

const missing = "there is no orchestra; to have these tests run: hire one";

it("passes", () => {
  expect(1 + 1).toBe(2);
});

it("waits in vain", async () => {
  expect(await until("the tide", () => false, { withinMs: 30 })).toBe(true);
});

it("notices by itself what it needs", ({ skip }) => {
  skip("it is no full moon");
  expect(1).toBe(2);
});

it("needs something", needs(missing), () => {
  expect(1).toBe(2);
});

describe("a suite that needs something", needs(missing), () => {
  it("is skipped", () => {
    expect(1).toBe(2);
  });

  describe("with a suite in it", () => {
    it("is skipped as well", () => {
      expect(1).toBe(2);
    });
  });
});

describe("a suite whose hook fails", () => {
  beforeAll(() => {
    throw new Error("no stage\nat all");
  });

  it.each([1, 2])("is not run: %i", (number) => {
    expect(number).toBe(3);
  });
});
