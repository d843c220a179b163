import { describe, expect, it } from "vitest";
import { findChromium, needs } from "../src/index.ts";

describe("a browser for tests", () => {
  it("is the one that CHROMIUM_PATH names", () => {
    expect(findChromium({ CHROMIUM_PATH: process.execPath })).toEqual({
      path: process.execPath,
      missing: null,
    });
  });

  it("is missing if it is not there, with the way to get one, and skips what needs it", () => {
    const { path, missing } = findChromium({ CHROMIUM_PATH: "/nowhere/chromium" });
    expect(path).toBe("");
    expect(missing).toMatch(/^CHROMIUM_PATH=\/nowhere\/chromium does not exist; to have these tests run: /);
    expect(needs(missing)).toEqual({ skip: true, meta: { skippedBecause: missing } });
    expect(needs(null)).toEqual({ skip: false, meta: {} });
  });
});
