import { describe, expect, it } from "vitest";
import { durationText, parseDuration } from "../src/durations.ts";

describe("durations", () => {
  it("are read with a unit", () => {
    expect(["500ms", "5s", "1.5s", "15m", "2h", "0", "0s"].map(parseDuration)).toEqual([
      500, 5_000, 1_500, 900_000, 7_200_000, 0, 0,
    ]);
  });

  it("are refused without one, or as anything else", () => {
    for (const text of ["5", "", "s", "-5s", "5 s", "5d", "1e3s", "5s5"])
      expect(parseDuration(text)).toBeNull();
  });

  it("are written short", () => {
    expect([480, 12_340, 59_949, 59_960, 718_000, 7_500_000].map(durationText)).toEqual([
      "0.48 s",
      "12.3 s",
      "59.9 s",
      "1m00s",
      "11m58s",
      "2h05m",
    ]);
  });
});
