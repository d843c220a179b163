import { describe, expect, it } from "vitest";
import { sampleOf, seedOf } from "../src/index.ts";

const places = Array.from({ length: 40 }, (_, place) => place);

describe("the part of a list that a run tries", () => {
  it("is chosen by a number, and another one for the next", () => {
    const tried = ["7", "8", "9", "10"].map((SAMPLE) => sampleOf(4, { SAMPLE }));
    expect(tried.map(({ name }) => name)).toEqual(["SAMPLE=4/4", "SAMPLE=1/4", "SAMPLE=2/4", "SAMPLE=3/4"]);
    const together = tried.flatMap(({ has }) => places.filter((place) => has(place)));
    expect(together.toSorted((a, b) => a - b)).toEqual(places);
  });

  it("is tried again under its name, whatever the list is usually cut into", () => {
    const { stride, offset, has } = sampleOf(4, { SAMPLE: "3/16" });
    expect([stride, offset]).toEqual([16, 2]);
    expect(places.filter((place) => has(place))).toEqual([2, 18, 34]);
  });

  it("is everything if asked for", () => {
    expect(places.filter((place) => sampleOf(4, { SAMPLE: "1/1" }).has(place))).toEqual(places);
  });

  it("has a number of its own for what is drawn at random", () => {
    expect(seedOf({ SAMPLE: "1764412345" })).toBe(1_764_412_345);
    expect(seedOf({ SAMPLE: "3/16" })).toBe(3);
  });

  it.each([undefined, "", "0/4", "5/4", "-1", "1/0", "x", "1e3"])("is not guessed from %j", (SAMPLE) => {
    for (const read of [() => sampleOf(4, { SAMPLE }), () => seedOf({ SAMPLE })])
      expect(read).toThrow("SAMPLE is a number or a part like 3/16");
  });
});
